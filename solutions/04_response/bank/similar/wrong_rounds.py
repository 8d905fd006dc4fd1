"""misconception: off-by-one
fails: shared words divided by all different words, the most similar one wins and the earliest of equals, as many negations, the same numbers
"""


def similar(message, kept, threshold=0.7):
    def facts(text):
        said = words(text)
        return (
            set(said),
            sum(w in NEGATIONS for w in said),
            [w for w in said if w[0].isdigit()],
        )

    asked, nots, numbers = facts(message)
    best, found = threshold, None
    for other in kept:
        held, no, digits = facts(other)
        if no != nots or digits != numbers or not (asked | held):
            continue
        alike = round(len(asked & held) / len(asked | held), 1)
        if alike > best:
            best, found = alike, other
    return found
