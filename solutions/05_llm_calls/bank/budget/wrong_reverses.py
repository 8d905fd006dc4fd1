"""misconception: changes-what-it-was-given
fails: each text is counted once and nothing changed
"""


def fit(room, must, history, examples, count):
    left = room - sum(map(count, must))
    if left < 0:
        raise ValueError("no room")
    turns = []
    history.reverse()
    for turn in history:
        size = count(turn)
        if size > left:
            break
        turns.insert(0, turn)
        left -= size
    chosen = set()
    for place in sorted(range(len(examples)), key=lambda i: -examples[i][0]):
        size = count(examples[place][1])
        if size <= left:
            chosen.add(place)
            left -= size
    return turns, [examples[place][1] for place in sorted(chosen)]
