"""a cache of sizes, and tuples"""

def fit(room, must, history, examples, count):
    sizes = {}

    def size(text):
        if text not in sizes:
            sizes[text] = count(text)
        return sizes[text]

    for text in must:
        room = room - size(text)
    if room < 0:
        raise ValueError(room)
    turns = []
    for turn in history[::-1]:
        if size(turn) > room:
            break
        room -= size(turn)
        turns.append(turn)
    keep = [False] * len(examples)
    for i in sorted(range(len(examples)), key=lambda i: (-examples[i][0], i)):
        if size(examples[i][1]) <= room:
            keep[i] = True
            room -= size(examples[i][1])
    return tuple(turns[::-1]), tuple(e[1] for e, k in zip(examples, keep) if k)
