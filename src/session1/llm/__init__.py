"""Language-model clients: one protocol, three ways to answer it."""

from typing import Any

from session1.llm.client import LLMClient, Message, Prompt, Reply, Schema, as_messages
from session1.llm.errors import LLMError, ModelBroken, ModelMissing
from session1.llm.simulated import SimulatedLLM

KINDS = ("local", "simulated", "openai")


def connect(kind: str, **options: Any) -> LLMClient:
    """A client of `kind`, one of `KINDS`; `options` go to its constructor.

    "local" raises `ModelMissing` when its file is not there.
    """
    # Imported when asked for: llama.cpp and openai take a while to load.
    if kind == "simulated":
        return SimulatedLLM(**options)
    if kind == "local":
        from session1.llm.local import LocalLLM

        return LocalLLM(**options)
    if kind == "openai":
        from session1.llm.openai_compatible import OpenAICompatibleLLM

        return OpenAICompatibleLLM(**options)
    raise ValueError(f"no client {kind!r}; there are {', '.join(KINDS)}")


__all__ = [
    "KINDS",
    "LLMClient",
    "LLMError",
    "Message",
    "ModelBroken",
    "ModelMissing",
    "Prompt",
    "Reply",
    "Schema",
    "SimulatedLLM",
    "as_messages",
    "connect",
]
