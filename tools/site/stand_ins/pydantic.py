"""`pydantic` as far as tools need it: the JSON schema of a plain annotation."""

import types
from typing import Any, Literal, Union, get_args, get_origin

PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    None: {"type": "null"},
    Any: {},
    dict: {"additionalProperties": True, "type": "object"},
    list: {"items": {}, "type": "array"},
}


class PydanticUserError(TypeError):
    """An annotation that has no schema."""


class TypeAdapter:
    """What an annotation allows."""

    def __init__(self, annotation: Any) -> None:
        self._schema = _schema(annotation)

    def json_schema(self) -> dict[str, Any]:
        """The annotation as a JSON schema."""
        return self._schema


def _schema(annotation: Any) -> dict[str, Any]:
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        kinds = {PLAIN.get(type(value), {}).get("type") for value in given}
        about = {"type": kinds.pop()} if len(kinds) == 1 else {}
        only = {"const": given[0]} if len(given) == 1 else {"enum": list(given)}
        return {**only, **about}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(one) for one in given]}
    if origin is list:
        return {"items": _schema(given[0]), "type": "array"}
    if origin is dict:
        return {"additionalProperties": _schema(given[1]), "type": "object"}
    try:
        return dict(PLAIN[annotation])
    except (KeyError, TypeError):
        raise PydanticUserError(f"no schema for {annotation!r}") from None
