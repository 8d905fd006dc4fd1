"""misconception: same-value-same-thing
fails: the most relevant examples that fit in what is left
"""


def fit(room, must, history, examples, count):
    left = room - sum(count(t) for t in must)
    if left < 0: raise ValueError
    turns = []
    for t in reversed(history):
        n = count(t)
        if n > left: break
        left -= n; turns.insert(0, t)
    ok = []
    for r, t in sorted(examples, key=lambda e: -e[0]):
        n = count(t)
        if n <= left:
            left -= n; ok.append(t)
    return turns, [t for _, t in examples if t in ok]
