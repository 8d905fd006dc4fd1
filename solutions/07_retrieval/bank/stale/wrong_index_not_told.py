"""misconception: deleted-is-gone
fails: a deleted note is found no more, a new note pushes no other out, both in step through many changes
"""

class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.labels, self.ids = {}, {}, {}
        self.unused = 0

    def put(self, id, text):
        label = self.labels.get(id, self.unused)
        self.index.add(label, self.embed(text))
        self.unused += label == self.unused
        self.texts[id], self.labels[id], self.ids[label] = text, label, id

    def delete(self, id):
        del self.texts[id], self.labels[id]

    def search(self, text, k):
        k = min(k, len(self.texts))
        labels = self.index.search(self.embed(text), k) if k else []
        return [self.ids[label] for label in labels]
