"""misconception: score-order-is-fine
fails: the most relevant examples that fit in what is left
"""

def fit(room, must, history, examples, count):
    left = room - sum(map(count, must))
    if left < 0:
        raise ValueError("no room")
    turns = []
    for turn in reversed(history):
        size = count(turn)
        if size > left:
            break
        turns.insert(0, turn)
        left -= size
    chosen = []
    for _, text in sorted(examples, key=lambda pair: -pair[0]):
        size = count(text)
        if size <= left:
            chosen.append(text)
            left -= size
    return turns, chosen
