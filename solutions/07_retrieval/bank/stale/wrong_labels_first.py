"""Notes the new label before the shelf has taken it.

misconception: records-first
fails: a shelf that refuses changes nothing
"""


class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.ids, self.labels = {}, {}, {}
        self.next = 0

    def put(self, id, text):
        old = self.labels.get(id)
        label, self.next = self.next, self.next + 1
        self.ids[label], self.labels[id] = id, label
        self.index.add(label, self.embed(text))
        self.texts[id] = text
        if old is not None:
            self.index.mark_deleted(old)

    def delete(self, id):
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.texts[id]

    def search(self, text, k):
        k = min(k, len(self.texts))
        return [self.ids[x] for x in self.index.search(self.embed(text), k)] if k else []
