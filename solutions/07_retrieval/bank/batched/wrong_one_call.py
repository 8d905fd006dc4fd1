"""misconception: one-batch-for-all
fails: each text is embedded once, as few calls as can be
"""

def embed_all(texts, embed, size=32):
    once = list(dict.fromkeys(texts))
    found = dict(zip(once, embed(once)))
    return [found[text] for text in texts]
