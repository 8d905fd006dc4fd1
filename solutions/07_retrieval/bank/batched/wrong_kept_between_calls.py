"""Keeps vectors for the next call, which may bring another `embed`.

misconception: each-batch-by-itself
fails: each text is embedded once, as few calls as can be
"""

known = {}


def embed_all(texts, embed, size=32):
    once = [t for t in dict.fromkeys(texts) if t not in known]
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        known.update(zip(batch, embed(batch)))
    return [known[text] for text in texts]
