"""misconception: empty-is-missing
fails: each text is embedded once, as few calls as can be
"""


def embed_all(texts, embed, size=32):
    once = [t for t in dict.fromkeys(texts) if t]
    found = {"": [0, 0]}
    for start in range(0, len(once), size):
        part = once[start:start + size]
        found.update(zip(part, embed(part)))
    return [found[text] for text in texts]
