"""Gives all in the order they came where too many are wanted.

misconception: an-index-gives-what-it-has
fails: no more than there are
"""

class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts = {}
        self.ids = {}
        self.labels = {}
        self.next = 0

    def put(self, id, text):
        label = self.next
        self.index.add(label, self.embed(text))
        self.next += 1
        if id in self.labels:
            old = self.labels[id]
            self.index.mark_deleted(old)
            del self.ids[old]
        self.texts[id] = text
        self.ids[label] = id
        self.labels[id] = label

    def delete(self, id):
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.ids[label]
        del self.texts[id]

    def search(self, text, k):
        try:
            return [self.ids[label] for label in self.index.search(self.embed(text), k)]
        except RuntimeError:
            return list(self.texts)
