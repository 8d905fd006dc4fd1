"""Finds a label by the text, which two notes may share.

misconception: deleted-is-gone
fails: a deleted note is found no more
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
        if id in self.texts:
            old = self.labels.pop(self.texts[id])
            self.index.mark_deleted(old)
            del self.ids[old]
        self.texts[id] = text
        self.labels[text] = label
        self.ids[label] = id

    def delete(self, id):
        label = self.labels.pop(self.texts.pop(id))
        self.index.mark_deleted(label)
        del self.ids[label]

    def search(self, text, k):
        k = min(k, len(self.texts))
        if not k:
            return []
        return [self.ids[label] for label in self.index.search(self.embed(text), k)]
