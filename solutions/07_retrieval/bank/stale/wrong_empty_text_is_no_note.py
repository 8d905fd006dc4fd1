"""misconception: empty-is-missing
fails: both in step through many changes
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
        if not text: return
        label = self.labels.get(id, self.next)
        self.index.add(label, self.embed(text))
        if label == self.next:
            self.next += 1
        self.texts[id] = text
        self.ids[label] = id
        self.labels[id] = label

    def delete(self, id):
        """Forget a note; KeyError if it is not there."""
        label = self.labels[id]
        self.index.mark_deleted(label)
        del self.texts[id], self.labels[id], self.ids[label]

    def search(self, text, k):
        """The ids of the `k` notes nearest to a text, or of all if they are fewer."""
        k = min(k, len(self.texts))
        if not k:
            return []
        return [self.ids[label] for label in self.index.search(self.embed(text), k)]
