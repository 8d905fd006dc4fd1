"""misconception: a-set-keeps-order
fails: each text is embedded once, as few calls as can be
"""

def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(texts))
    vectors = []
    for start in range(0, len(once), size):
        vectors.extend(embed(once[start : start + size]))
    return vectors
