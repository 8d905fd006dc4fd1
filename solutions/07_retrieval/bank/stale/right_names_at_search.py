"""labels counted up from 10, names made at the search"""


import itertools
class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.by = {}, {}
        self.labels = itertools.count(10)
    def put(self, id, text):
        label = next(self.labels)
        self.index.add(label, self.embed(text))
        if id in self.by:
            self.index.mark_deleted(self.by[id])
        self.texts[id], self.by[id] = text, label
    def delete(self, id):
        label = self.by.pop(id)
        self.index.mark_deleted(label)
        del self.texts[id]
    def search(self, text, k):
        names = {label: id for id, label in self.by.items()}
        k = min(k, len(names))
        return list(map(names.get, self.index.search(self.embed(text), k))) if k > 0 else []
