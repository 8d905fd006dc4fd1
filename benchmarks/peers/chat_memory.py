"""Chat memories of langchain-core and llama-index-core, as their manuals use them.

Each function returns the call to time, or says in a string why there is none.
"""

import os
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

Peer = Callable[[], object] | str
HOW = "not installed: pip install -e '.[bench]'"
CHARS_PER_TOKEN = 4  # what langchain's approximate counter takes too


def trim(texts: Sequence[str], budget: int) -> Peer:
    """langchain-core: the last messages that fit `budget` characters."""
    if not find_spec("langchain_core"):
        return HOW
    from langchain_core.messages import AIMessage, HumanMessage, trim_messages
    from langchain_core.messages.utils import count_tokens_approximately

    kinds = (HumanMessage, AIMessage)
    talk = [kinds[i % 2](text) for i, text in enumerate(texts)]
    return lambda: trim_messages(
        talk,
        max_tokens=budget // CHARS_PER_TOKEN,
        token_counter=count_tokens_approximately,
    )


def buffer_get(texts: Sequence[str], budget: int) -> Peer:
    """llama-index ChatMemoryBuffer: the last messages within its token limit."""
    if not find_spec("llama_index"):
        return HOW
    offline_tokens()
    from llama_index.core.memory import ChatMemoryBuffer

    limit = budget // CHARS_PER_TOKEN
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls itself deprecated
        memory = ChatMemoryBuffer.from_defaults(
            llama_messages(texts), token_limit=limit
        )
    return memory.get


def memory_get(texts: Sequence[str], budget: int) -> Peer:
    """llama-index Memory: what it still holds in its SQLite table."""
    if not find_spec("llama_index"):
        return HOW
    offline_tokens()
    from llama_index.core.memory import Memory

    limit = budget // CHARS_PER_TOKEN
    memory = Memory.from_defaults(token_limit=limit, token_flush_size=limit // 4)
    memory.put_messages(llama_messages(texts))
    return memory.get


def memory_put(texts: Sequence[str], budget: int) -> Peer:
    """llama-index Memory: put one message at a time, flushed at its token limit."""
    if not find_spec("llama_index"):
        return HOW
    offline_tokens()
    from llama_index.core.memory import Memory

    memory = Memory.from_defaults(token_limit=budget // CHARS_PER_TOKEN)
    talk = iter(llama_messages(texts) * 1000)
    return lambda: memory.put(next(talk))


def llama_messages(texts: Sequence[str]) -> list[Any]:
    """`texts` as llama-index messages, the user and the assistant in turn."""
    from llama_index.core.llms import ChatMessage

    roles = ("user", "assistant")
    return [ChatMessage(text, role=roles[i % 2]) for i, text in enumerate(texts)]


def offline_tokens() -> None:
    """Point tiktoken at the tables that llama-index ships, so nothing is fetched."""
    spec = find_spec("llama_index.core")
    if spec and spec.submodule_search_locations:
        folder = f"{spec.submodule_search_locations[0]}/_static/tiktoken_cache"
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", folder)
