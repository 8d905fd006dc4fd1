"""Lazy list.

misconception: work-in-the-key
fails: ?
"""

class Lazy:
    def __init__(self, entries):
        self.entries = entries

    def __iter__(self):
        return iter(naive_rank(self.entries))

    def __len__(self):
        return len(self.entries)


def rank(entries):
    return Lazy(entries)
