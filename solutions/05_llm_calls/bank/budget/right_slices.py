"""sizes first, then places"""

def fit(room, must, history, examples, count):
    room -= sum(count(text) for text in must)
    if room < 0:
        raise ValueError("the rules do not fit")
    first = len(history)
    while first > 0:
        size = count(history[first - 1])
        if size > room:
            break
        first, room = first - 1, room - size
    ranked = sorted(enumerate(examples), key=lambda pair: pair[1][0], reverse=True)
    chosen = []
    for place, (_, text) in ranked:
        size = count(text)
        if size > room:
            continue
        chosen.append((place, text))
        room -= size
    return history[first:], [text for _, text in sorted(chosen)]
