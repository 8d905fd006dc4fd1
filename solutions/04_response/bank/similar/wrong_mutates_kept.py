"""misconception: changes-what-it-was-given
fails: the most similar one wins and the earliest of equals, as many negations, an unsafe best does not hide a safe second, nothing to find
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
    kept.sort(
        key=lambda other: (
            -len(asked & facts(other)[0]) / max(1, len(asked | facts(other)[0]))
        )
    )
    for other in kept:
        held, no, digits = facts(other)
        if no != nots or digits != numbers or not (asked | held):
            continue
        if len(asked & held) / len(asked | held) > threshold:
            return other
    return None
