"""Answers in JSON: asked for by a JSON schema, checked against it, made up from it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from session1.llm.client import Finish, Schema
from session1.llm.errors import LLMError

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SUM = re.compile(r"[\d(][\d(). ]*[-+*/][-+*/\d(). ]*[\d)]")
# What a parameter is likely to be: a sum, or a name that does not begin the question.
_NAMED = re.compile(rf"{SUM.pattern}|(?<=[a-z,] )[A-Z]\w*(?: [A-Z]\w*)*")
_WORD = re.compile(r"\w{2,}")
# Words that say nothing of what is asked for.
_COMMON = re.compile(
    r"\b(?:an|and|are|as|at|be|by|can|do|does|for|from|get|give|has|have|how|in|is|it"
    r"|its|me|my|of|on|or|say|tell|that|the|there|this|to|was|what|when|where|which"
    r"|who|with|you|your)\b"
)


def passed_on(schema: Schema | None) -> dict[str, Any]:
    """Keywords for a client, which may be one that knows nothing of schemas."""
    return {} if schema is None else {"schema": schema}


def response_format(schema: Schema | None) -> dict[str, Any]:
    """The entry of a request by the OpenAI protocol, which llama.cpp reads as well."""
    if schema is None:
        return {}
    named = {"name": "answer", "schema": dict(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


ADVICE = "Ask again, or use a server that supports response_format"


def check(text: str, finish: Finish, max_tokens: int, schema: Schema | None) -> None:
    """LLMError for an answer that is cut off or does not follow `schema`."""
    if schema is None:
        return
    if finish == "length":
        raise LLMError(
            f"the JSON was cut off at max_tokens={max_tokens}: give a larger max_tokens"
        )
    # Imported when asked for: it takes a while to load.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for

    # not `validate`, which checks the schema too, each time, and that takes 2 ms
    validator = validator_for(schema, Draft202012Validator)(schema)
    try:
        error = best_match(validator.iter_errors(json.loads(text)))
    except (ValueError, RecursionError) as e:
        raise LLMError(f"the answer is not JSON ({e}): {_shown(text)}. {ADVICE}") from e
    if error is not None:
        raise LLMError(
            f"the answer does not follow the schema ({_shown(error.message)}). {ADVICE}"
        ) from error


def sample(schema: Schema, question: str) -> Any:
    """A value that follows `schema`, the same for the same question.

    Among options it takes the one whose names and description share most words with
    `question`, in a list of options none if no word is shared. Numbers are those of
    the question, one after the other.
    """
    return _Sampler(question).value(schema)


class _Sampler:
    def __init__(self, question: str) -> None:
        self.question = question
        self.words = telling(question)
        self.numbers = iter(_NUMBER.findall(question))
        named = _NAMED.search(question)
        self.named = named[0].strip() if named else _last(question)

    def value(self, schema: Mapping[str, Any]) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"])
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.value(max(options, key=self.fits))
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind if isinstance(kind, str) else kind[0]
        return getattr(self, f"_{kind}")(schema)

    def fits(self, option: Schema) -> int:
        """How many words the question shares with the names and texts of `option`."""
        return self.shared(" ".join(_names(option)))

    def shared(self, what: object) -> int:
        return len(self.words & telling(str(what)))

    def _choice(self, options: list[Any]) -> Any:
        if self.named in options:
            return self.named
        if isinstance(options[0], (int, float)):
            wanted = float(next(self.numbers, options[0]))
            return wanted if wanted in options else options[0]
        return max(options, key=self.shared)

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        wanted = schema.get("required", ())
        return {k: self.value(v) for k, v in properties.items() if k in wanted}

    def _array(self, schema: Mapping[str, Any]) -> list[Any]:
        items = schema.get("items", {})
        least = schema.get("minItems", 0)
        helps = any(map(self.fits, items.get("anyOf", ()))) or "anyOf" not in items
        return [self.value(items) for _ in range(max(least, int(helps)))]

    def _string(self, schema: Mapping[str, Any]) -> str:
        return self.named[: schema.get("maxLength")]

    def _number(self, schema: Mapping[str, Any]) -> float:
        return self._bounded(float(next(self.numbers, 0)), schema)

    def _integer(self, schema: Mapping[str, Any]) -> int:
        return int(self._bounded(int(float(next(self.numbers, 0))), schema))

    def _bounded(self, number: float, schema: Mapping[str, Any]) -> float:
        least = schema.get("minimum", number)
        return min(max(number, least), schema.get("maximum", max(number, least)))

    def _boolean(self, _: Mapping[str, Any]) -> bool:
        return True

    def _null(self, _: Mapping[str, Any]) -> None:
        return None


def _names(schema: Schema) -> Iterator[str]:
    yield str(schema.get("const", ""))
    yield schema.get("description", "")
    for name, part in schema.get("properties", {}).items():
        yield name
        yield from _names(part)


def _last(question: str) -> str:
    """Return the last word of a question, which may have none."""
    return "".join(question.split()[-1:]).strip("?.!")


def telling(text: str) -> set[str]:
    """The words of `text` that say what it is about; snake_case is split."""
    return set(_WORD.findall(_COMMON.sub(" ", text.lower().replace("_", " "))))


def _shown(text: str) -> str:
    return f"{text[:120]}…" if len(text) > 120 else text
