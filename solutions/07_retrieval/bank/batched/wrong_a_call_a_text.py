"""misconception: a-call-a-text
fails: as few calls as can be
"""

def embed_all(texts, embed, size=32):
    found = {}
    for text in texts:
        if text not in found:
            found[text] = embed([text])[0]
    return [found[text] for text in texts]
