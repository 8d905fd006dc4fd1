"""misconception: silent-loss
fails: a shelf that refuses changes nothing
"""

class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.labels, self.ids = {}, {}, {}
        self.unused = 0

    def put(self, id, text):
        try:
            self.index.add(self.unused, self.embed(text))
        except RuntimeError:
            return
        if id in self.texts:
            self.delete(id)
        self.texts[id], self.labels[id] = text, self.unused
        self.ids[self.unused] = id
        self.unused += 1

    def delete(self, id):
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.texts[id], self.ids[label]

    def search(self, text, k):
        k = min(k, len(self.texts))
        labels = self.index.search(self.embed(text), k) if k else []
        return [self.ids[label] for label in labels]
