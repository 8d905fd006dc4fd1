"""A tool: a named function an agent may call."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from session1.limits import flag

# What a parameter may be whose function does not say.
_ANY = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}


@dataclass(frozen=True, slots=True)
class Tool:
    """A named function, sync or async, and what the caller may assume of it.

    `cacheable` says that equal parameters give equal results and nothing else
    happens; it is off by default because a wrong "yes" serves wrong answers.
    `cpu_heavy` says that the function computes rather than waits. `parameters` is a
    JSON schema of what it takes, needed only where its signature does not say that.
    """

    name: str
    description: str
    run: Callable[..., Any]
    cacheable: bool = False
    cpu_heavy: bool = False
    parameters: Mapping[str, Any] | None = None
    _schema: list[Mapping[str, Any]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )  # empty until someone asks: then it is made once

    def __post_init__(self) -> None:
        for what, said in ("name", self.name), ("description", self.description):
            if not isinstance(said, str):
                kind = type(said).__name__
                raise TypeError(f"the {what} of a tool is text, not a {kind}")
        if not self.name.strip():
            raise ValueError("the tool has no name: give one, for the model to call")
        if not callable(self.run):
            kind = type(self.run).__name__
            raise TypeError(f"tool {self.name!r} runs a function, not a {kind}")
        flag("cacheable", self.cacheable)
        flag("cpu_heavy", self.cpu_heavy)
        if not isinstance(self.parameters, Mapping | None):
            kind = type(self.parameters).__name__
            raise TypeError(f"parameters of a tool are a JSON schema, not a {kind}")

    async def execute(self, params: Mapping[str, Any]) -> Any:
        """Call the function with `params` as keywords, awaiting what it returns."""
        result = self.run(**params)
        return await result if inspect.isawaitable(result) else result

    @property
    def schema(self) -> Mapping[str, Any]:
        """A JSON schema of the parameters: as given, else as the signature has them."""
        if not self._schema:
            given = self.parameters
            self._schema.append(_signature(self.run) if given is None else given)
        return self._schema[0]


def _signature(run: Callable[..., Any]) -> Mapping[str, Any]:
    """A JSON schema of what a function takes."""
    try:
        taken = inspect.signature(run, eval_str=True).parameters.values()
    except (TypeError, ValueError, NameError):
        return {"type": "object"}
    named = [p for p in taken if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return {
        "type": "object",
        "properties": {p.name: _schema_of(p.annotation) for p in named},
        "required": [p.name for p in named if p.default is p.empty],
        "additionalProperties": len(named) < len(taken),
    }


def _schema_of(annotation: Any) -> dict[str, Any]:
    """A JSON schema of what an annotation allows."""
    if annotation in (inspect.Parameter.empty, Any):
        return _ANY
    # Imported when asked for: it takes a while to load.
    from pydantic import PydanticUserError, TypeAdapter

    try:
        schema = TypeAdapter(annotation).json_schema()
    except PydanticUserError:  # such as a class of the tool's own
        return _ANY
    return _ANY if "$defs" in schema else schema
