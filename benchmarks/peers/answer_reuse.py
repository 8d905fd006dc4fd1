"""Other ways to decide whether an earlier answer fits, and GPTCache whole."""

import atexit
import logging
import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from session1.reuse.semantic import SemanticIndex
from session1.reuse.similarity import jaccard, tokens, words

Judge = Callable[[str, str], bool]
Finder = Callable[[str], str | None]

# A stop list as text-search libraries ship it: every word of grammar.
STOP_WORDS = frozenset(
    """
    a an the is are was were be been being am do does did can could will would should
    may might must shall i me my mine you your yours we us our they them their he him
    she her it its his this that these those of in on at to for with by from as and or
    if so then there here please just really hi hello hey thanks have has had how what
    which who whom whose when where why tell
    """.split()  # noqa: SIM905
)
QUESTION_WORDS = (
    "what",
    "which",
    "who",
    "whom",
    "whose",
    "when",
    "where",
    "why",
    "how",
)


def by_words(one: str, other: str) -> bool:
    """Jaccard above 0.7 of the words between spaces: what most people write."""
    a, b = (frozenset(text.lower().split()) for text in (one, other))
    return jaccard(a, b) > 0.7


def plain_gate(one: str, other: str) -> bool:
    """Jaccard above 0.7, equal content words in order, equal question word."""
    alike = jaccard(tokens(one), tokens(other)) > 0.7
    return alike and content(one) == content(other) and asks(one) == asks(other)


def content(text: str) -> list[str]:
    """The words that no stop list names."""
    return [word for word in words(text) if word not in STOP_WORDS]


def asks(text: str) -> str:
    """The first question word."""
    return next((word for word in words(text) if word in QUESTION_WORDS), "")


def by_embedding(threshold: float) -> Judge:
    """The cosine of wordllama's embeddings above `threshold`."""

    def judge(one: str, other: str) -> bool:
        index = SemanticIndex(threshold=threshold)
        index.add(one)
        return bool(index.best(other))

    return judge


def gptcache(kept: list[str]) -> Finder | str:
    """GPTCache with SQLite, faiss and wordllama, as its manual sets it up."""
    if not (find_spec("gptcache") and find_spec("faiss")):
        return "not installed: pip install gptcache faiss-cpu"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("faiss").setLevel(logging.WARNING)
    from gptcache import Cache
    from gptcache.adapter.api import get, put
    from gptcache.manager import CacheBase, VectorBase, get_data_manager
    from gptcache.processor.pre import get_prompt
    from gptcache.similarity_evaluation.distance import SearchDistanceEvaluation

    from session1.reuse.semantic import wordllama

    folder, embed = Path(mkdtemp(prefix="gptcache-")), wordllama()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    def unit(text: str, **_: Any) -> Any:
        vector = embed(text)
        return vector / (float((vector**2).sum()) ** 0.5 or 1.0)

    cache = Cache()
    cache.init(
        embedding_func=unit,
        pre_embedding_func=get_prompt,
        data_manager=get_data_manager(
            CacheBase("sqlite", sql_url=f"sqlite:///{folder / 'answers.db'}"),
            VectorBase("faiss", dimension=256, index_path=str(folder / "faiss")),
        ),
        similarity_evaluation=SearchDistanceEvaluation(),
    )
    for message in kept:
        put(message, message, cache_obj=cache)
    return lambda message: get(message, cache_obj=cache)
