"""An empty batch at the end.

misconception: off-by-one
fails: as few calls as can be
"""

def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(texts))
    found = {}
    for start in range(0, len(once) + 1, size):
        batch = once[start : start + size]
        found.update(zip(batch, embed(batch)))
    return [found[text] for text in texts]
