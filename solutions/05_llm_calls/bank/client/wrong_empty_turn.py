"""misconception: one-case-is-enough
fails: the request
"""


class Client:
    def __init__(self, models, parts, rules, room=1500):
        self.models, self.parts, self.rules, self.room = models, parts, rules, room
        self.kept = {}
        self.hits = self.misses = 0

    def request(self, question, history=(), examples=(), **options):
        parts = self.parts
        name = "large" if parts.is_hard(question) else "small"
        count = self.models[name].count_tokens
        turns, shots = parts.fit(self.room, [self.rules, question], history, examples, count)
        call = SimpleNamespace(rules=self.rules, tools="", documents="\n".join(shots), history=turns, clock="", question=question)
        text = "\n\n".join(part for part in parts.layout(call) if part or part in turns)
        return {"model": name, "messages": [{"role": "user", "content": text}], "temperature": 0, **options}

    async def stream(self, question, history=(), examples=(), **options):
        request = self.request(question, history, examples, **options)
        key = self.parts.cache_key(request)
        if key is not None and key in self.kept:
            self.hits += 1
            for piece in self.kept[key]:
                yield piece
            return
        self.misses += 1
        text = request["messages"][0]["content"]
        rest = {k: v for k, v in request.items() if k not in ("model", "messages")}
        pieces = []
        async with aclosing(self.parts.relay(self.models[request["model"]], text, **rest)) as answer:
            async for piece in answer:
                pieces.append(piece)
                yield piece
        if key is not None:
            self.kept[key] = pieces

    def stats(self):
        total = self.hits + self.misses
        return {"hits": self.hits, "misses": self.misses, "hit_rate": self.hits / total if total else 0, "kept": len(self.kept)}
