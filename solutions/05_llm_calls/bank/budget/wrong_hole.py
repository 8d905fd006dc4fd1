"""misconception: break-on-first
fails: the newest turns back to the first that does not fit
"""

def fit(room, must, history, examples, count):
    left = room - sum(map(count, must))
    if left < 0:
        raise ValueError("no room")
    turns = []
    for turn in reversed(history):
        size = count(turn)
        if size <= left:
            turns.insert(0, turn)
            left -= size
    chosen = set()
    for place in sorted(range(len(examples)), key=lambda i: -examples[i][0]):
        size = count(examples[place][1])
        if size <= left:
            chosen.add(place)
            left -= size
    return turns, [examples[place][1] for place in sorted(chosen)]
