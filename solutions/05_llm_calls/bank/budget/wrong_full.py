"""misconception: empty-is-missing
fails: the newest turns back to the first that does not fit, the most relevant examples that fit in what is left, each text is counted once and nothing changed
"""


def fit(room, must, history, examples, count):
    left = room - sum(count(t) for t in must)
    if left < 0: raise ValueError
    turns = []
    for t in reversed(history):
        n = count(t)
        if left <= 0 or n > left: break
        left -= n; turns.insert(0, t)
    ok = []
    for r, i in sorted((-r, i) for i, (r, _) in enumerate(examples)):
        if left <= 0: break
        n = count(examples[i][1])
        if n <= left:
            left -= n; ok.append(i)
    return turns, [examples[i][1] for i in sorted(ok)]
