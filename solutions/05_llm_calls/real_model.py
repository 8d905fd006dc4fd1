"""Figures of the real model: measured where it is installed, stored ones elsewhere.

`python real_model.py` measures all of them and writes measured.json.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from layouts import best_layout, conversations, naive_layout

from session1.llm import LLMClient, Message, ModelMissing, connect
from session1.llm.client import Reply
from session1.llm.speed import fit, measure

STORED = Path(__file__).with_name("measured.json")
QUESTION = "Why is the sky blue?"
WAYS = {"time first": naive_layout, "time near the end": best_layout}


def stored() -> dict[str, Any]:
    """The figures of one run on one thread of a two-core server."""
    found: dict[str, Any] = json.loads(STORED.read_text("utf-8"))
    return found


async def prefixes(llm: LLMClient, calls: int = 3) -> dict[str, list[dict[str, float]]]:
    """One conversation in both orders: tokens, tokens known, seconds to the first."""
    found = {}
    for way, layout in WAYS.items():
        rows = []
        for call in conversations(1, calls):
            prompt = [Message("user", "\n\n".join(layout(call)))]
            rows.append(_row(await llm.generate(prompt, max_tokens=1)))
        found[way] = rows
    return found


def _row(reply: Reply) -> dict[str, float]:
    return {
        "prompt": reply.prompt_tokens,
        "known": reply.cached_tokens,
        "first_s": round(reply.first_token_s, 3),
    }


async def stream(llm: LLMClient, tokens: int = 40) -> dict[str, Any]:
    """One answer piece by piece: seconds to the first piece and to the last."""
    ended: list[Reply] = []
    async for _ in llm.stream(QUESTION, max_tokens=tokens, on_end=ended.append):
        pass
    reply = ended[0]
    return {
        "first_s": round(reply.first_token_s, 3),
        "total_s": round(reply.total_s, 3),
        "tokens": reply.completion_tokens,
    }


async def speed() -> dict[str, float]:
    """Tokens that the model reads and writes in a second."""
    llm = connect("local", prompt_cache=False)
    try:
        found = fit(await measure(llm, words=(5, 100, 300), repeats=2))
    finally:
        await llm.aclose()
    return {
        "read": round(1 / found.prompt_token_s, 1),
        "written": round(1 / found.token_s, 1),
    }


async def real(what: Any, name: str) -> Any:
    """What `what(llm)` measures, or the stored figures; says which they are."""
    try:
        llm = connect("local")
    except ModelMissing:
        print("Stored figures (`make model` fetches the model to measure your own):")
        return stored()[name]
    print("Measured here and now, on the model on your disk:")
    try:
        return await what(llm)
    finally:
        await llm.aclose()


async def show_prefixes() -> None:
    """Print what the real model knows again of a prompt, and when it starts."""
    found = await real(prefixes, "prefixes")
    print(f"{'call':>24}{'1':>8}{'2':>8}{'3':>8}")
    for way, rows in found.items():
        print(way)
        for name, key in [("tokens", "prompt"), ("of these known", "known")]:
            print(f"  {name:22}" + "".join(f"{row[key]:8}" for row in rows))
        firsts = "".join(f"{row['first_s']:7.2f}s" for row in rows)
        print(f"  {'first token after':22}{firsts}")


async def show_stream() -> None:
    """Print when the first and the last piece of a streamed answer are there."""
    found = await real(stream, "stream")
    print(f"first piece after {found['first_s']:5.2f} s")
    print(f"last of {found['tokens']} tokens {found['total_s']:5.2f} s")


def show_speed() -> None:
    """Print how fast the real model read and wrote when it was measured."""
    found = stored()["speed"]
    print(f"reads  {found['read']:6.0f} tokens a second")
    print(f"writes {found['written']:6.0f} tokens a second")


async def everything() -> dict[str, Any]:
    """All figures, from one run."""
    figures: dict[str, Any] = {"model": "SmolLM2-135M-Instruct", "threads": 1}
    figures["speed"] = await speed()
    for name, what in [("prefixes", prefixes), ("stream", stream)]:
        llm = connect("local")
        figures[name] = await what(llm)
        await llm.aclose()
    return figures


if __name__ == "__main__":
    STORED.write_text(json.dumps(asyncio.run(everything()), indent=1) + "\n", "utf-8")
