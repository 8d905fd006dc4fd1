"""Labels from a counter, and one dict with both."""

import itertools


class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.label_of = {}, {}
        self.count = itertools.count(1)

    def put(self, id, text):
        new = next(self.count)
        self.index.add(new, self.embed(text))
        if id in self.label_of:
            self.index.mark_deleted(self.label_of[id])
        self.label_of[id] = new
        self.texts[id] = text

    def delete(self, id):
        if id not in self.texts:
            raise KeyError(id)
        self.index.mark_deleted(self.label_of.pop(id))
        self.texts.pop(id)

    def search(self, text, k):
        if not self.texts:
            return []
        ids = {label: id for id, label in self.label_of.items()}
        found = self.index.search(self.embed(text), min(k, len(ids)))
        return list(map(ids.get, found))
