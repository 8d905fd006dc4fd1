"""Lazy list.

misconception: work-in-the-key
fails: timestamp reads for 64 messages, reads grow in step with the messages
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
