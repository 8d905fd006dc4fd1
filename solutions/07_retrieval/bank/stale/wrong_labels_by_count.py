"""misconception: count-is-a-label
fails: a new note pushes no other out, a replaced note is found by its new text only, both in step through many changes
"""

class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.labels, self.ids = {}, {}, {}
        self.unused = 0

    def put(self, id, text):
        label = len(self.texts)
        self.index.add(label, self.embed(text))
        self.unused += 1
        if id in self.texts:
            self.delete(id)
        self.texts[id], self.labels[id], self.ids[label] = text, label, id

    def delete(self, id):
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.texts[id], self.ids[label]

    def search(self, text, k):
        k = min(k, len(self.texts))
        labels = self.index.search(self.embed(text), k) if k else []
        return [self.ids[label] for label in labels]
