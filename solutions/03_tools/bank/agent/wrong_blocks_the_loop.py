"""misconception: blocking-is-waiting
fails: a tool that blocks runs on a thread
"""

class ToolAgent:
    """An agent whose tools run once for equal calls, and side by side for others."""

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
        """Run the tool: on a thread if it blocks, never longer than the deadline."""
        run, counts, began = self.tools[name].run, self.counts[name], self.clock()
        counts["runs"] += 1
        try:
            async with asyncio.timeout(self.deadline):
                if inspect.iscoroutinefunction(run):
                    return await run(**params)
                return run(**params)
        finally:
            counts["seconds"] += self.clock() - began

    def key(self, name, params):
        """The key of a call whose result may be kept; None if it must run."""
        try:
            if self.tools[name].cacheable:
                return self.parts.freeze([name, params])
        except TypeError:  # no dependable key
            return None

    async def execute_tool_cached(self, name, params):
        """The result: kept, of a run that is on, or of a new run."""
        key = self.key(name, params)
        if key is None:
            return await self.run_tool(name, params)

        async def fill():
            box = self.parts.Kept(lambda key: self.run_tool(name, params))
            await box.get(key)
            self.fresh.put(key, box)
            return box

        box = self.fresh.get(key)
        if box is not None:
            self.counts[name]["hits"] += 1
        else:
            self.counts[name]["joined"] += key in self.flights
            box = await self.parts.once(self.flights, key, fill)
        return await box.get(key)

    async def execute_tools_parallel(self, requests):
        """The end of each request, in order; `{"tool": name, "params": {...}}`."""
        run = self.execute_tool_cached
        calls = [partial(run, x["tool"], x["params"]) for x in requests]
        ends = await self.parts.side_by_side(calls, self.limit)
        return [{**end, "tool": x["tool"]} for x, end in zip(requests, ends)]

    def get_performance_stats(self):
        """Calls and hits in all, the counts by tool, and how many results are kept."""
        tools = {}
        for name, found in self.counts.items():
            tools[name] = {x: found[x] for x in ("runs", "hits", "joined")}
            tools[name]["mean_run_s"] = found["seconds"] / max(1, found["runs"])
        counts = self.counts.values()
        calls = sum(x["runs"] + x["hits"] + x["joined"] for x in counts)
        hits = sum(x["hits"] for x in counts)
        return {
            "total_tool_calls": calls,
            "total_cache_hits": hits,
            "cache_hit_rate_pct": 100 * hits / max(1, calls),
            "tool_stats": tools,
            "cache_size": len(self.fresh),
        }

    async def ask(self, question):
        """Let the model plan calls, run them, and let it answer with their results."""
        requests = await plan_tools(self.llm, self.tools.values(), question)
        results = await self.execute_tools_parallel(requests)
        return await answer_with(self.llm, question, results)
