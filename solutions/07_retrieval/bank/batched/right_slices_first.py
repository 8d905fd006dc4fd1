"""Batches as a list of slices, and a dict of places."""

def embed_all(texts, embed, size=32):
    distinct = sorted(set(texts))
    batches = [distinct[i : i + size] for i in range(0, len(distinct), size)]
    flat = [vector for batch in batches for vector in embed(batch)]
    place = {text: i for i, text in enumerate(distinct)}
    return [flat[place[text]] for text in texts]
