"""Ask a model about a real conversation, of which it sees the compressed context."""

from dataclasses import asdict, dataclass
from typing import Any

from session1 import virtual_time
from session1.data import conversations
from session1.demo.replay import LIMIT_MB, HandClock
from session1.llm import LLMClient
from session1.memory_optimized_agent import MemoryOptimizedAgent

CONTEXT_CHARS = 500
# 224 messages about studies, languages and hikes, chosen by hand: much in the dataset
# is between strangers who flirt, quarrel, or are children.
TALK = "babb8d08-0871-4941-a819-42e9e8168093"
FACT = "I am allergic to peanuts, please remember that."  # ours, said first of all
QUESTIONS = ("What am I allergic to?", "Which state am I from?")
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


async def answer_questions(llm: LLMClient, count: int) -> list[Answer]:
    """Replay a conversation into an agent, then ask what A said long before."""
    (talk,) = (one for one in conversations(min_turns=200) if one.id == TALK)
    clock = HandClock(talk.turns[0].when)
    agent = MemoryOptimizedAgent(
        "demo",
        llm,
        LIMIT_MB,
        max_context_size=CONTEXT_CHARS,
        system_prompt=WHO,
        max_tokens=64,
        clock=clock,
    )
    agent.remember("A", FACT, 1.0)
    for turn in talk.turns:
        clock.now = turn.when
        agent.remember(turn.speaker, turn.text)
    history = llm.count_tokens("\n".join([FACT, *(turn.text for turn in talk.turns)]))
    return [await _ask(agent, question, history) for question in QUESTIONS[:count]]


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
