"""misconception: off-by-one
fails: as few calls as can be
"""


def embed_all(texts, embed, size=31):
    once = list(dict.fromkeys(texts))
    vectors = {}
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        vectors.update(zip(batch, embed(batch)))
    return [vectors[text] for text in texts]
