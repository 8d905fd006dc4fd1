"""misconception: the-rest-is-nothing
fails: each text is embedded once, as few calls as can be
"""

def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(texts))
    found = {}
    for n in range(len(once) // size):
        batch = once[n * size : (n + 1) * size]
        found.update(zip(batch, embed(batch)))
    return [found[text] for text in texts if text in found]
