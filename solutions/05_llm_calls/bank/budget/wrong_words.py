"""misconception: one-case-is-enough
fails: each text is counted once and nothing changed
"""


def fit(room, must, history, examples, count):
    left = room - sum(count(text) for text in must)
    if left < 0:
        raise ValueError("no room")
    turns = []
    for turn in reversed(history):
        size = len(turn.split())
        if size > left:
            break
        turns.insert(0, turn)
        left -= size
    chosen = []
    for place in sorted(range(len(examples)), key=lambda i: -examples[i][0]):
        size = count(examples[place][1])
        if size <= left:
            chosen.append(place)
            left -= size
    return turns, [examples[i][1] for i in sorted(chosen)]
