"""Does it pay to choose examples? The real model names the topics of real questions.

Ours are the nearest by embedding, in 120 tokens; naive the first of the pool. Those are
the same for every question and so are read once: choosing costs the prompt cache.
"""

from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from benchmarks.model_runs import fitting, generated, local, mean
from session1.data import answers
from session1.llm import LLMClient, Message
from session1.llm.prompt import Example, Shots, by_meaning, by_words

TOPICS = ("sports", "food", "money", "movies")
TASK = f"Say in one word which topic a question is about: {', '.join(TOPICS)}."
BUDGET = 120  # tokens of examples


@cache
def found(count: int) -> dict[str, dict[str, float]]:
    """Right answers in percent, mean tokens read anew and seconds to the first."""
    pool, asked = pool_and_asked(count)
    with local() as llm:
        near = Shots(pool, llm.count_tokens, by_meaning)
        alike = Shots(pool, llm.count_tokens, by_words)
        first = fitting(pool, llm, BUDGET)
        ways: dict[str, Callable[[str], Sequence[Example]]] = {
            "ours": lambda question: near.select(question, BUDGET),
            "naive": lambda _: first,
            "nearest by words": lambda question: alike.select(question, BUDGET),
            "all of them": lambda _: pool,
            "none": lambda _: (),
        }
        return {name: judged(llm, choose, asked) for name, choose in ways.items()}


def pool_and_asked(count: int) -> tuple[list[Example], list[Example]]:
    """Seven examples a topic, and `count` other questions; the answer is the topic."""
    rng = Random(1)
    pool, asked = list[Example](), list[Example]()
    for topic in TOPICS:
        said = list(dict.fromkeys(qa.question for qa in answers([topic])))
        rng.shuffle(said)
        examples = [Example(question, topic) for question in said]
        pool += examples[:7]
        asked += examples[7 : 7 + count // len(TOPICS)]
    rng.shuffle(pool)
    return pool, asked


def judged(
    llm: LLMClient,
    choose: Callable[[str], Sequence[Example]],
    asked: Sequence[Example],
) -> dict[str, float]:
    """One way to choose examples, over all questions but the first, which is cold."""
    replies = [generated(llm, turns(choose(a.question), a), 3) for a in asked]
    right = sum(
        reply.text.strip().lower().startswith(a.answer)
        for reply, a in zip(replies, asked, strict=True)
    )
    later = replies[1:]
    return {
        "right": 100 * right / len(asked),
        "read anew": mean([r.prompt_tokens - r.cached_tokens for r in later]),
        "s": mean([r.first_token_s for r in later]),
    }


def turns(examples: Sequence[Example], asked: Example) -> list[Message]:
    """Examples as turns of a talk, which this model follows best."""
    talk = [Message("system", TASK)]
    for example in examples:
        talk += [Message("user", example.question)]
        talk += [Message("assistant", example.answer)]
    return [*talk, Message("user", asked.question)]
