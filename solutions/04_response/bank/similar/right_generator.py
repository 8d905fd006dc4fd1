"""a class and a generator"""

from itertools import groupby


class Facts:
    def __init__(self, text):
        self.text, self.said = text, tuple(words(text))

    @property
    def bag(self):
        return frozenset(self.said)

    @property
    def guards(self):
        return (
            len([w for w in self.said if w in NEGATIONS]),
            tuple(filter(lambda w: w[:1].isdecimal(), self.said)),
        )

    def __and__(self, other):
        try:
            return len(self.bag & other.bag) / len(self.bag | other.bag)
        except ZeroDivisionError:
            return 0.0


def candidates(asked, kept, threshold):
    for text in kept:
        each = Facts(text)
        if each.guards == asked.guards and (likeness := asked & each) > threshold:
            yield likeness, text


def similar(message, kept, threshold=0.7):
    best = max(
        candidates(Facts(message), kept, threshold),
        key=lambda pair: pair[0],
        default=(0, None),
    )
    return best[1]
