"""misconception: near-enough-key
fails: the most relevant examples that fit in what is left
"""


def fit(room, must, history, examples, count):
    left = room - sum(count(m) for m in must)
    if left < 0:
        raise ValueError("no room")
    turns = []
    for turn in reversed(history):
        n = count(turn)
        if n > left:
            break
        left -= n
        turns.append(turn)
    turns.reverse()
    kept = []
    for i, (r, text) in sorted(enumerate(examples), key=lambda p: -round(p[1][0], 1)):
        n = count(text)
        if n <= left:
            left -= n
            kept.append(i)
    return turns, [examples[i][1] for i in sorted(kept)]
