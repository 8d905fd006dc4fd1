"""Gives a free label to the next note."""

class Notes:
    def __init__(self, embed, index):
        self.embed, self.index = embed, index
        self.texts, self.ids, self.free = {}, {}, []

    def label(self, id):
        return next((one for one, other in self.ids.items() if other == id), None)

    def put(self, id, text):
        label = self.label(id)
        if label is None:
            label = self.free[-1] if self.free else len(self.ids)
        self.index.add(label, self.embed(text))
        if self.free and self.free[-1] == label:
            self.free.pop()
        self.texts[id], self.ids[label] = text, id

    def delete(self, id):
        del self.texts[id]
        label = self.label(id)
        self.index.mark_deleted(label)
        del self.ids[label]
        self.free.append(label)

    def search(self, text, k):
        many = min(k, len(self.texts))
        return [self.ids[one] for one in self.index.search(self.embed(text), many)] if many else []
