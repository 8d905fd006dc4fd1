"""Your runtime at work: on the demo's questions, and with a model behind it."""

from collections.abc import Callable, Sequence
from typing import Any

from mine import build

from session1.base_agent import BaseAgent
from session1.data import answers
from session1.demo import throughput
from session1.llm import ModelMissing, connect
from session1.virtual_time import now

LATER = "Write `Runtime` first, then run this cell again."


def demo(runtime: Callable[..., Any], parts: Any) -> str:
    """The demo's tables of the pool and of batches, with yours among them."""
    yours = build({"Runtime": runtime}, parts)
    questions = [qa.question for qa in answers()][:60]
    found: dict[str, Any] = {}
    try:
        sections = [
            throughput.pool_section(found, questions, yours),
            throughput.batch_section(found, questions, yours),
        ]
    except NotImplementedError:
        return LATER
    return "\n\n".join(section.text for section in sections)


async def at_work(
    kind: str, runtime: Callable[..., Any], parts: Any, questions: Sequence[str]
) -> str:
    """What two agents with a model of this kind answer, and when."""
    try:
        llm = connect(kind)
    except ModelMissing as error:
        return str(error)

    async def hire() -> BaseAgent:
        return BaseAgent("agent", "You answer in one short sentence.", llm)

    made = runtime(hire, parts, 2, 4)
    lines, begin = list[str](), now()
    try:
        await made.start()
        found = await made.ask_all(list(questions))
        await made.stop()
    except NotImplementedError:
        return LATER
    finally:
        await llm.aclose()
    for question, answer in zip(questions, found, strict=True):
        lines.append(f"{question}\n  → {' '.join(str(answer).split())[:100]}")
    return "\n".join([*lines, f"all answered after {now() - begin:.1f} s"])
