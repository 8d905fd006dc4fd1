"""Libraries that keep a model's answers, as their manuals use them."""

from collections.abc import Awaitable, Callable
from importlib.util import find_spec

HOW = "not installed: pip install -e '.[bench]'"
Ask = Callable[[], Awaitable[object]]


def langchain(prompt: str, text: str) -> Ask | str:
    """A fake chat model of langchain-core behind its InMemoryCache."""
    if not find_spec("langchain_core"):
        return HOW
    from langchain_core.caches import InMemoryCache
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    model = FakeListChatModel(responses=[text], cache=InMemoryCache(maxsize=1000))
    return lambda: model.ainvoke(prompt)
