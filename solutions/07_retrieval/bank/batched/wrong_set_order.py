"""misconception: a-set-keeps-order
fails: each text is embedded once, as few calls as can be
"""

def embed_all(texts, embed, size=32):
    once = list(set(texts))
    vectors = []
    for start in range(0, len(once), size):
        vectors += embed(once[start : start + size])
    return vectors
