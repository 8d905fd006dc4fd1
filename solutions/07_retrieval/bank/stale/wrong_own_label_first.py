"""Gives a note its label before the shelf has taken it.

misconception: records-first
fails: a shelf that refuses changes nothing
"""


class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.ids, self.labels = {}, {}, {}

    def put(self, id, text):
        label = self.labels.get(id, len(self.ids))
        self.ids[label], self.labels[id] = id, label
        self.index.add(label, self.embed(text))
        self.texts[id] = text

    def delete(self, id):
        self.index.mark_deleted(self.labels.pop(id))
        del self.texts[id]

    def search(self, text, k):
        k = min(k, len(self.texts))
        return [self.ids[x] for x in self.index.search(self.embed(text), k)] if k else []
