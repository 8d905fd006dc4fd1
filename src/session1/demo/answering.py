"""Let a model take part in a real conversation, from the compressed context alone."""

from dataclasses import asdict, dataclass
from typing import Any

from session1 import virtual_time
from session1.data import Conversation
from session1.demo.replay import LIMIT_MB, HandClock
from session1.llm import LLMClient
from session1.memory_optimized_agent import MemoryOptimizedAgent

CONTEXT_CHARS = 1000
WHO = "You are a friend in a chat. Answer in one short sentence."


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer; tokens shown to it, of the whole conversation; its seconds."""

    question: str
    text: str
    model: str
    shown_tokens: int
    history_tokens: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


async def answer_questions(
    llm: LLMClient, talk: Conversation, count: int
) -> list[Answer]:
    """Replay `talk` into an agent and let it answer the last `count` questions of A."""
    clock = HandClock(talk.turns[0].when)
    agent = MemoryOptimizedAgent(
        "demo", llm, LIMIT_MB, max_context_size=CONTEXT_CHARS, clock=clock
    )
    agent.description = WHO
    asked = [
        i
        for i, turn in enumerate(talk.turns)
        if turn.speaker == "A" and turn.text.endswith("?") and len(turn.text) > 20
    ][-count:]
    answers = []
    for i, turn in enumerate(talk.turns[: asked[-1] + 1] if asked else []):
        clock.now = turn.when
        if i in asked:
            history = "\n".join(earlier.text for earlier in talk.turns[:i])
            answers.append(await _ask(agent, turn.text, llm.count_tokens(history)))
        else:
            agent.remember(turn.speaker, turn.text)
    return answers


async def _ask(
    agent: MemoryOptimizedAgent, question: str, history_tokens: int
) -> Answer:
    count = agent.llm_client.count_tokens
    shown = sum(count(message.content) for message in agent.prompt(question))
    start = virtual_time.now()
    text = await agent.process_message(question)
    seconds = virtual_time.now() - start
    said = " ".join(text.split())
    return Answer(
        question, said, agent.llm_client.model, shown, history_tokens, seconds
    )
