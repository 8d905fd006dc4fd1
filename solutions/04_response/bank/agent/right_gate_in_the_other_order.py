"""Ask the gate in the other order."""

class FastAgent:
    """Answers at once where it can, in time where it cannot, and tunes its target."""

    def __init__(self, llm, parts, target_response_time=2.0):
        self.llm, self.parts = llm, parts
        self.responder = parts.Responder(self.ask_model, target_response_time)
        self.answers = []  # all that was returned by `process_message_fast`
        self.log = []  # ("hit", seconds) and ("model", seconds), for `retarget`

    async def ask_model(self, message):
        """What the model says to ROLE and the message; logs how long it took."""
        began = now()
        prompt = [Message("system", ROLE), Message("user", message)]
        reply = await self.llm.generate(prompt)
        self.log.append(("model", now() - began))
        return reply.text

    def find_similar(self, message):
        """The kept message that asks the same as `message`, or None."""
        kept = self.responder.kept
        safe = [other for other in kept if self.parts.same_question(other, message)]
        return self.parts.similar(message, safe)

    async def process_message_fast(self, message):
        """A dict: response, response_time, cache_hit (True, "fuzzy", False), fallback."""
        began, kept = now(), self.responder.kept
        found = message if message in kept else self.find_similar(message)
        if found is None:
            deadline = self.responder.deadline
            response = await self.parts.ask(self.ask_model, kept, message, deadline)
            hit = False
        else:
            response, hit = kept[found], found == message or "fuzzy"
            self.log.append(("hit", now() - began))
        answer = {
            "response": response,
            "response_time": now() - began,
            "cache_hit": hit,
            "fallback": response == FALLBACK,
        }
        self.answers.append(answer)
        return answer

    def get_response_time_stats(self):
        """Counts and percentiles of all answers; {"no_data": True} before the first."""
        if not self.answers:
            return {"no_data": True}
        times = [answer["response_time"] for answer in self.answers]
        hits = [answer["cache_hit"] for answer in self.answers]
        return {
            "total_responses": len(times),
            "exact_hits": hits.count(True),
            "fuzzy_hits": hits.count("fuzzy"),
            "fallbacks": sum(answer["fallback"] for answer in self.answers),
            "p50_response_time": percentile(times, 50),
            "p90_response_time": percentile(times, 90),
            "p95_response_time": percentile(times, 95),
            "cache_entries": len(self.responder.kept),
        }

    async def optimize_performance(self):
        """Move the deadline by the log; of more than 1,000 kept the newest 500 stay."""
        self.responder.deadline = self.parts.retarget(self.responder.deadline, self.log)
        kept = self.responder.kept
        if len(kept) > 1000:
            for message in list(kept)[:-500]:
                del kept[message]
