"""misconception: retry-anything
fails: each text is embedded once, as few calls as can be
"""


def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(texts))
    vectors = {}
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        try:
            found = embed(batch)
        except ConnectionError:
            found = embed(batch)
        vectors.update(zip(batch, found))
    return [vectors[text] for text in texts]
