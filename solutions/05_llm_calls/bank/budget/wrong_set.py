"""misconception: same-value-same-thing
fails: what must stay has its room or an error
"""


def fit(room, must, history, examples, count):
    sizes = {t: count(t) for t in {*must, *history, *(t for _, t in examples)}}
    left = room - sum(sizes[t] for t in set(must))
    if left < 0:
        raise ValueError
    k = 0
    for t in history[::-1]:
        if sizes[t] > left: break
        left -= sizes[t]; k += 1
    turns = history[len(history) - k:]
    ok = []
    for r, i in sorted((-r, i) for i, (r, _) in enumerate(examples)):
        if sizes[examples[i][1]] <= left:
            left -= sizes[examples[i][1]]; ok.append(i)
    return [turns, [examples[i][1] for i in sorted(ok)]]
