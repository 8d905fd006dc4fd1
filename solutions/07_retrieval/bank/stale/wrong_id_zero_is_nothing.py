"""Takes an id of 0 for a new one each time.

misconception: empty-is-missing
fails: both in step through many changes
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
        if id and id in self.labels:
            old = self.labels[id]
            self.index.mark_deleted(old)
            del self.ids[old]
        self.texts[id] = text
        self.ids[label] = id
        self.labels[id] = label

    def delete(self, id):
        del self.texts[id]
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.ids[label]

    def search(self, text, k):
        k = min(k, len(self.texts))
        if k < 1:
            return []
        return [self.ids[label] for label in self.index.search(self.embed(text), k)]
