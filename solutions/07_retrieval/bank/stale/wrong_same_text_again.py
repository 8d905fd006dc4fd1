"""misconception: every-difference-counts
fails: a replaced note is found by its new text only
"""


class Notes:
    """Texts by id, found by what they say now."""

    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts = {}  # by id
        self.ids = {}  # by label
        self.labels = {}  # by id
        self.next = 0

    def put(self, id, text):
        """Add a note, or replace the one with this id."""
        label = self.next
        self.index.add(label, self.embed(text))
        self.next += 1
        if id in self.labels and self.texts[id] != text:
            self.drop(id)
        self.texts[id] = text
        self.ids[label] = id
        self.labels[id] = label

    def drop(self, id):
        old = self.labels.pop(id)
        self.index.mark_deleted(old)
        del self.ids[old]

    def delete(self, id):
        """Forget a note; KeyError if it is not there."""
        self.drop(id)
        del self.texts[id]

    def search(self, text, k):
        """The ids of the `k` notes nearest to a text, or of all if they are fewer."""
        k = min(k, len(self.texts))
        if not k:
            return []
        return [self.ids[label] for label in self.index.search(self.embed(text), k)]
