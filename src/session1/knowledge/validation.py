"""Check a caller's documents as a whole before anything is changed."""

from collections.abc import Mapping, Sequence

from session1.filters import Scalar, scalar
from session1.knowledge.store import Document

Metadata = Mapping[str, Scalar]


def documents(
    ids: Sequence[str], texts: Sequence[str], metadata: Sequence[Metadata] | None
) -> list[Document]:
    """The documents, whose ids are distinct; the metadata are copied."""
    distinct(ids)
    strings("texts", texts)
    given: Sequence[Metadata] = [{}] * len(ids) if metadata is None else metadata
    if not len(ids) == len(texts) == len(given):
        raise ValueError(
            f"{len(ids)} ids, {len(texts)} texts and {len(given)} metadata: "
            "give as many of each"
        )
    return [
        Document(id, text, _checked(id, one))
        for id, text, one in zip(ids, texts, given, strict=True)
    ]


def distinct(ids: Sequence[str]) -> Sequence[str]:
    """`ids` if they are strings and none is there twice."""
    seen: set[str] = set()
    for one in strings("ids", ids):
        if one in seen:
            raise ValueError(f"{one!r} is given twice: each document needs its own id")
        seen.add(one)
    return ids


def strings(name: str, values: Sequence[str]) -> Sequence[str]:
    """`values` if they are strings, and not one string alone."""
    if isinstance(values, str) or not all(isinstance(one, str) for one in values):
        raise TypeError(f"{name} is a list of str, got {repr(values)[:80]}")
    return values


def _checked(id: str, metadata: Metadata) -> dict[str, Scalar]:
    if not isinstance(metadata, Mapping):
        raise TypeError(f"the metadata of {id!r} are a dict, not {metadata!r}")
    for name in metadata:
        if not isinstance(name, str) or name.startswith("$"):
            raise ValueError(f"{id!r}: {name!r} is no name a filter could ask for")
    return {name: scalar(value, f"{id!r}: {name}") for name, value in metadata.items()}
