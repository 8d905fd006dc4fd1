"""misconception: class-holds-it
fails: each text is counted once and nothing changed
"""


def fit(room, must, history, examples, count, sizes={}):
    def size_of(text):
        if text not in sizes:
            sizes[text] = count(text)
        return sizes[text]

    left = room - sum(size_of(text) for text in must)
    if left < 0:
        raise ValueError("no room")
    turns = []
    for turn in reversed(history):
        size = size_of(turn)
        if size > left:
            break
        turns.insert(0, turn)
        left -= size
    chosen = []
    for place in sorted(range(len(examples)), key=lambda i: -examples[i][0]):
        size = size_of(examples[place][1])
        if size <= left:
            chosen.append(place)
            left -= size
    return turns, [examples[i][1] for i in sorted(chosen)]
