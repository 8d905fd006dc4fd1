"""misconception: similar-is-same
fails: shared words divided by all different words
"""


def similar(message, kept, threshold=0.7):
    def facts(text):
        said = words(text)
        return (
            set(said) - NEGATIONS,
            sum(w in NEGATIONS for w in said),
            [w for w in said if w[0].isdigit()],
        )

    asked, nots, numbers = facts(message)
    best, found = threshold, None
    for other in kept:
        held, no, digits = facts(other)
        if no != nots or digits != numbers or not (asked | held):
            continue
        alike = len(asked & held) / len(asked | held)
        if alike > best:
            best, found = alike, other
    return found
