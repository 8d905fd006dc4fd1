"""Takes Ok and ok for one text.

misconception: same-value-same-thing
fails: each text is embedded once, as few calls as can be
"""


def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(t.lower() for t in texts))
    known = {}
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        known.update(zip(batch, embed(batch)))
    return [known[text.lower()] for text in texts]
