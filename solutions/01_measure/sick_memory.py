class Agent:
    def __init__(self):
        self.kept = {}
        self.log = []

    def answer(self, question):
        draft = [question] * 500_000
        if len(self.kept) == 500:
            self.kept.pop(next(iter(self.kept)))
        self.kept[question] = " ".join(draft[:10])
        self.log.append(f"asked: {question}")
        return self.kept[question]
