"""misconception: same-value-same-thing
fails: get_response_time_stats
"""

class FastAgent:
    """Answers at once where it can, in time where it cannot, and tunes its target."""

    def __init__(self, llm, parts, target_response_time=2.0):
        self.llm, self.parts = llm, parts
        self.responder = parts.Responder(self.ask_model, target_response_time)
        self.answers = []  # all that was returned by `process_message_fast`
        self.log = []  # ("hit", seconds) and ("model", seconds), for `retarget`

    async def ask_model(self, message):
        began = now()
        reply = await self.llm.generate([Message("system", ROLE), Message("user", message)])
        self.log.append(("model", now() - began))
        return reply.text

    def find_similar(self, message):
        safe = [k for k in self.responder.kept if self.parts.same_question(message, k)]
        return self.parts.similar(message, safe)

    async def process_message_fast(self, message):
        began = now()
        kept = self.responder.kept
        if message in kept:
            hit, response = True, kept[message]
        elif (other := self.find_similar(message)) is not None:
            hit, response = "fuzzy", kept[other]
        else:
            hit = False
            response = await self.parts.ask(self.ask_model, kept, message, self.responder.deadline)
        seconds = now() - began
        if hit:
            self.log.append(("hit", seconds))
        answer = {
            "response": response,
            "response_time": seconds,
            "cache_hit": hit,
            "fallback": response == FALLBACK,
        }
        self.answers.append(answer)
        return answer

    def get_response_time_stats(self):
        if not self.answers:
            return {"no_data": True}
        times = [a["response_time"] for a in self.answers]
        stats = {
            "total_responses": len(self.answers),
            "exact_hits": sum(a["cache_hit"] is True for a in self.answers),
            "fuzzy_hits": sum(a["cache_hit"] == "fuzzy" for a in self.answers),
            "fallbacks": sum(a["fallback"] for a in self.answers),
            "cache_entries": len(set(self.responder.kept.values())),
        }
        for p in (50, 90, 95):
            stats[f"p{p}_response_time"] = percentile(times, p)
        return stats

    async def optimize_performance(self):
        self.responder.deadline = self.parts.retarget(self.responder.deadline, self.log)
        kept = self.responder.kept
        if len(kept) > 1000:
            for old in list(kept)[:-500]:
                del kept[old]
