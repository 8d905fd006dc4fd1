"""misconception: one-case-is-enough
fails: the request
"""


class Client:
    """One door to two models: keeps answers, fits prompts, routes and streams."""

    def __init__(self, models, parts, rules, room=1500):
        self.models, self.parts, self.rules, self.room = models, parts, rules, room
        self.kept = {}  # the pieces of each answer, by its key
        self.hits = self.misses = 0

    def request(self, question, history=(), examples=(), **options):
        """What goes to the model, as a dict."""
        name = "large" if self.parts.is_hard(question) is True else "small"
        count = self.models[name].count_tokens
        must, history, examples = [self.rules, question], list(history), list(examples)
        turns, chosen = self.parts.fit(self.room, must, history, examples, count)
        call = SimpleNamespace(
            rules=self.rules,
            tools="",
            documents="\n".join(chosen),
            history=list(turns),
            clock="",
            question=question,
        )
        text = "\n\n".join(part for part in self.parts.layout(call) if part)
        messages = [{"role": "user", "content": text}]
        return {"model": name, "messages": messages, "temperature": 0, **options}

    async def stream(self, question, history=(), examples=(), **options):
        """The answer piece by piece; a kept one at once."""
        request = self.request(question, history, examples, **options)
        key = self.parts.cache_key(request)
        if key is not None and key in self.kept:
            self.hits += 1
            for piece in self.kept[key]:
                yield piece
            return
        self.misses += 1
        llm, text = self.models[request["model"]], request["messages"][0]["content"]
        rest = {k: v for k, v in request.items() if k not in ("model", "messages")}
        pieces = []
        async with aclosing(self.parts.relay(llm, text, **rest)) as answer:
            async for piece in answer:
                pieces.append(piece)
                yield piece
        if key is not None:
            self.kept[key] = pieces

    def stats(self):
        """Hits, misses, their rate, and how many answers are kept."""
        total = self.hits + self.misses
        return {
            "hits": self.hits,
            "misses": self.misses,
            "hit_rate": self.hits / total if total else 0,
            "kept": len(self.kept),
        }
