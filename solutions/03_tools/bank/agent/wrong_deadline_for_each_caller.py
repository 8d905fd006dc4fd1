"""misconception: deadline-can-wait
fails: a tool that hangs ends at the deadline, equal calls that overlap share a run, joined calls are counted too
"""

class ToolAgent:
    def __init__(
        self, llm, tools, parts, ttl=3600, most=1000, limit=64, deadline=30, clock=now
    ):
        self.llm, self.parts, self.clock = llm, parts, clock
        self.limit, self.deadline = limit, deadline
        self.tools = {tool.name: tool for tool in tools}
        self.fresh, self.flights = parts.Fresh(most, ttl, clock), {}
        zero = {"runs": 0, "hits": 0, "joined": 0, "seconds": 0.0}
        self.counts = {name: dict(zero) for name in self.tools}

    async def run_tool(self, name, params):
        run, counts = self.tools[name].run, self.counts[name]
        counts["runs"] += 1
        began = self.clock()
        try:
            if inspect.iscoroutinefunction(run):
                return await run(**params)
            return await asyncio.to_thread(run, **params)
        finally:
            counts["seconds"] += self.clock() - began

    def key(self, name, params):
        if not self.tools[name].cacheable:
            return None
        try:
            return self.parts.freeze([name, params])
        except TypeError:
            return None

    async def execute_tool_cached(self, name, params):
        key = self.key(name, params)
        if key is None:
            return await asyncio.wait_for(self.run_tool(name, params), self.deadline)
        box = self.fresh.get(key)
        if box is not None:
            self.counts[name]["hits"] += 1
            return await box.get(key)

        async def fill():
            box = self.parts.Kept(lambda key: self.run_tool(name, params))
            await box.get(key)
            self.fresh.put(key, box)
            return box

        if key in self.flights:
            self.counts[name]["joined"] += 1
        box = await asyncio.wait_for(self.parts.once(self.flights, key, fill), self.deadline)
        return await box.get(key)

    async def execute_tools_parallel(self, requests):
        calls = [partial(self.execute_tool_cached, r["tool"], r["params"]) for r in requests]
        ends = await self.parts.side_by_side(calls, self.limit)
        return [{**end, "tool": r["tool"]} for end, r in zip(ends, requests)]

    def get_performance_stats(self):
        stats = {}
        for name, c in self.counts.items():
            mean = c["seconds"] / c["runs"] if c["runs"] else 0
            stats[name] = {"runs": c["runs"], "hits": c["hits"], "joined": c["joined"], "mean_run_s": mean}
        hits = sum(s["hits"] for s in stats.values())
        total = sum(s["runs"] + s["hits"] + s["joined"] for s in stats.values())
        return {
            "total_tool_calls": total,
            "total_cache_hits": hits,
            "cache_hit_rate_pct": 100 * hits / total if total else 0,
            "cache_size": len(self.fresh),
            "tool_stats": stats,
        }

    async def ask(self, question):
        plan = await plan_tools(self.llm, list(self.tools.values()), question)
        results = await self.execute_tools_parallel(plan)
        return await answer_with(self.llm, question, results)
