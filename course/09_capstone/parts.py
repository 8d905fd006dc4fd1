"""The parts of the agent, and where each is built: yours where its tests passed."""

from pieces import (
    Breaker,
    Fresh,
    Notes,
    Pool,
    TwoTier,
    ask,
    call,
    is_hard,
    keep,
    once,
    same_question,
)

PARTS = {
    "02_memory.keep": "keep",
    "03_tools.flight": "once",
    "03_tools.fresh": "Fresh",
    "04_response.gate": "same_question",
    "05_llm_calls.router": "is_hard",
    "06_storage.promote": "TwoTier",
    "07_retrieval.stale": "Notes",
    "08_throughput.pool": "Pool",
    "wire": "ask",
    "order": "call",
    "recover": "Breaker",
}

__all__ = [
    "PARTS",
    "Breaker",
    "Fresh",
    "Notes",
    "Pool",
    "TwoTier",
    "ask",
    "call",
    "is_hard",
    "keep",
    "once",
    "same_question",
]
