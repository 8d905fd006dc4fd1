"""`islice` until nothing is left."""

from itertools import islice


def embed_all(texts, embed, size=32):
    known = dict.fromkeys(texts)
    todo = iter(list(known))
    while batch := list(islice(todo, size)):
        for text, vector in zip(batch, embed(batch)):
            known[text] = vector
    return list(map(known.get, texts))
