"""misconception: each-batch-by-itself
fails: each text is embedded once, as few calls as can be
"""

def embed_all(texts, embed, size=32):
    vectors = []
    for start in range(0, len(texts), size):
        batch = texts[start : start + size]
        once = list(dict.fromkeys(batch))
        found = dict(zip(once, embed(once)))
        vectors.extend(found[text] for text in batch)
    return vectors
