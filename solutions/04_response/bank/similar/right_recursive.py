def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, [word for word in said if word[0].isdigit()]


def similar(message, kept, threshold=0.7):
    if not kept:
        return None
    *rest, last = kept
    asked, held = words(message), words(last)
    found = similar(message, rest, threshold)
    union = {*asked, *held}
    if not union or facts(asked) != facts(held):
        return found
    score = len({*asked} & {*held}) / len(union)
    if found is not None:
        before = set(words(found))
        old = len(before & {*asked}) / len(before | {*asked})
        return last if score > old else found
    return last if score > threshold else None
