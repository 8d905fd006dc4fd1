"""misconception: cut-is-quick
fails: right answers, wrong answers, model calls, tokens paid, P50, P95, P99, most bytes held, stand-ins and errors, missed around the outage
"""


class Agent(Desk):
    async def work(self, message, talk):
        return self.stand_in
