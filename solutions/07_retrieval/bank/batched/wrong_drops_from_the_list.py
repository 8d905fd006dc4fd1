"""misconception: changes-what-it-was-given
fails: each text is embedded once, as few calls as can be
"""


def embed_all(texts, embed, size=32):
    order = list(texts)
    once = list(dict.fromkeys(texts))
    texts[:] = once
    found = {}
    for start in range(0, len(once), size):
        part = once[start:start + size]
        found.update(zip(part, embed(part)))
    return [found[text] for text in order]
