"""misconception: take-k-then-drop
fails: the k nearest that pass, all that pass where they are fewer, k of them wherever they lie, documents compared where few pass, documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    return [pair for pair in walk(k) if pair[1] in passing]
