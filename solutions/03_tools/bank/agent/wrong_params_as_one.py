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
        """Call `self.tools[name].run` with the params by name, and return its result.

        Counts a run and the seconds it takes, failed or not. A plain function goes to
        a thread (`inspect.iscoroutinefunction` tells). At `deadline` seconds the run
        ends with `TimeoutError`, for all who wait for it.
        """
        run, counts, began = self.tools[name].run, self.counts[name], self.clock()
        counts["runs"] += 1
        try:
            async with asyncio.timeout(self.deadline):
                if inspect.iscoroutinefunction(run):
                    return await run(**params)
                return await asyncio.to_thread(run, params)
        finally:
            counts["seconds"] += self.clock() - began

    def key(self, name, params):
        """The key of a call whose result may be kept: `[name, params]`, frozen.

        None for a tool that is not `cacheable`, and where `freeze` raises `TypeError`.
        """
        try:
            if self.tools[name].cacheable:
                return self.parts.freeze([name, params])
        except TypeError:  # no dependable key
            return None

    async def execute_tool_cached(self, name, params):
        """The result: kept, of a run that is on, or of a new run.

        What has no key runs. A box in `fresh` is a hit; a key in `flights` is joined;
        else a new run fills a box. Results are kept, even if their first caller has
        left. Errors are not. Each caller gets a copy.
        """
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
        """The end of each request, in order; `{"tool": name, "params": {...}}`.

        Each goes through `execute_tool_cached`, at most `limit` at a time, and the
        dict of its end gets its `"tool"` too.
        """
        run = self.execute_tool_cached
        calls = [partial(run, x["tool"], x["params"]) for x in requests]
        ends = await self.parts.side_by_side(calls, self.limit)
        return [{**end, "tool": x["tool"]} for x, end in zip(requests, ends)]

    def get_performance_stats(self):
        """The figures of all calls: 0 where there is nothing to divide.

        `total_tool_calls` (runs, hits and joined), `total_cache_hits`,
        `cache_hit_rate_pct`, `cache_size` (entries in `fresh`), and `tool_stats`: for
        each tool its `runs`, `hits`, `joined` and `mean_run_s`.
        """
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
        """Let the model plan calls, run them, and let it answer with their results.

        `plan_tools` gets all the tools, and `answer_with` the ends of all requests.
        """
        requests = await plan_tools(self.llm, self.tools.values(), question)
        results = await self.execute_tools_parallel(requests)
        return await answer_with(self.llm, question, results)
