"""Collects a batch and sends it when it is full."""

def embed_all(texts, embed, size=32):
    vectors, waiting = {}, []

    def send():
        vectors.update(zip(waiting, embed(list(waiting))))
        waiting.clear()

    for text in texts:
        if text not in vectors and text not in waiting:
            waiting.append(text)
        if len(waiting) == size:
            send()
    if waiting:
        send()
    return [vectors[text] for text in texts]
