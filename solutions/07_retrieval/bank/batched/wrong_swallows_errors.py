"""misconception: silent-loss
fails: each text is embedded once, as few calls as can be
"""


def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(texts))
    vectors = {}
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        try:
            vectors.update(zip(batch, embed(batch)))
        except Exception:
            vectors.update((text, None) for text in batch)
    return [vectors[text] for text in texts]
