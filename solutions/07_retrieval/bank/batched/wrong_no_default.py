"""Asks every caller for the size.

misconception: the-setting-is-the-default
fails: the rest of the check
"""


def embed_all(texts, embed, size):
    once = list(dict.fromkeys(texts))
    known = {}
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        known.update(zip(batch, embed(batch)))
    return [known[text] for text in texts]
