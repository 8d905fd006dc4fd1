"""misconception: counting-is-free
fails: each text is counted once and nothing changed
"""

def fit(room, must, history, examples, count):
    left = room - sum(map(count, must))
    if left < 0:
        raise ValueError("no room")
    turns = []
    for turn in reversed(history):
        if count(turn) > left:
            break
        turns.insert(0, turn)
        left -= count(turn)
    chosen = set()
    for place in sorted(range(len(examples)), key=lambda i: -examples[i][0]):
        if count(examples[place][1]) <= left:
            chosen.add(place)
            left -= count(examples[place][1])
    return turns, [examples[place][1] for place in sorted(chosen)]
