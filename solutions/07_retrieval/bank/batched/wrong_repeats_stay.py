"""misconception: each-batch-by-itself
fails: each text is embedded once, as few calls as can be
"""

def embed_all(texts, embed, size=32):
    vectors = []
    for start in range(0, len(texts), size):
        vectors.extend(embed(texts[start : start + size]))
    return vectors
