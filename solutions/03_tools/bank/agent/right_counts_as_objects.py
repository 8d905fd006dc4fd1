"""Counts are objects of a class of their own."""

from dataclasses import dataclass, asdict

@dataclass
class Tally:
    runs: int = 0
    hits: int = 0
    joined: int = 0
    seconds: float = 0.0

    @property
    def calls(self):
        return self.runs + self.hits + self.joined

    @property
    def mean(self):
        return self.seconds / (self.runs or 1)


class ToolAgent:
    def __init__(
        self, llm, tools, parts, ttl=3600, most=1000, limit=64, deadline=30, clock=now
    ):
        self.llm, self.parts, self.clock = llm, parts, clock
        self.limit, self.deadline = limit, deadline
        self.tools = {tool.name: tool for tool in tools}
        self.fresh, self.flights = parts.Fresh(most, ttl, clock), {}
        self.counts = {name: Tally() for name in self.tools}

    async def run_tool(self, name, params):
        tool, tally, began = self.tools[name], self.counts[name], self.clock()
        tally.runs += 1
        match inspect.iscoroutinefunction(tool.run):
            case True:
                work = tool.run(**params)
            case False:
                work = asyncio.to_thread(lambda: tool.run(**params))
        try:
            return await asyncio.wait_for(work, timeout=self.deadline)
        finally:
            tally.seconds += self.clock() - began

    def key(self, name, params):
        if not self.tools[name].cacheable:
            return None
        try:
            return self.parts.freeze([name, params])
        except TypeError:
            return None

    async def execute_tool_cached(self, name, params):
        if (key := self.key(name, params)) is None:
            return await self.run_tool(name, params)
        tally = self.counts[name]
        if box := self.fresh.get(key):
            tally.hits += 1
        else:
            tally.joined += key in self.flights
            box = await self.parts.once(self.flights, key, partial(self._fill, key, name, dict(params)))
        return await box.get(key)

    async def _fill(self, key, name, params):
        async def run(_):
            return await self.run_tool(name, params)
        box = self.parts.Kept(run)
        await box.get(key)
        self.fresh.put(key, box)
        return box

    async def execute_tools_parallel(self, requests):
        calls = [partial(self.execute_tool_cached, r["tool"], r["params"]) for r in requests]
        ends = await self.parts.side_by_side(calls, self.limit)
        return [{**end, "tool": r["tool"]} for end, r in zip(ends, requests)]

    def get_performance_stats(self):
        tallies = self.counts.values()
        calls, hits = sum(t.calls for t in tallies), sum(t.hits for t in tallies)
        return dict(
            total_tool_calls=calls,
            total_cache_hits=hits,
            cache_hit_rate_pct=hits * 100 / calls if calls else 0.0,
            cache_size=len(self.fresh),
            tool_stats={n: asdict(t) | {"mean_run_s": t.mean} for n, t in self.counts.items()},
        )

    async def ask(self, question):
        plan = await plan_tools(self.llm, list(self.tools.values()), question)
        results = await self.execute_tools_parallel(plan)
        return await answer_with(self.llm, question, results)
