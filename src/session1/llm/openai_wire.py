"""Read what a server of the OpenAI protocol sends, which is often something else."""

import json
import re
import sys
from codecs import BOM_UTF8
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import openai

from session1.llm.client import clean, worded
from session1.runtime.decoding import Decoder, Undecodable

LONGEST = 4 * 2**20  # bytes of one event, and of an answer that is not a stream
SHOWN = 120  # characters of what came, in an error's text
ADVICE = "check base_url (most end in /v1) and what answers there"
# Of httpx or its successor, whichever the package brings.
_HTTP = sys.modules[openai.DefaultAsyncHttpxClient.__mro__[1].__module__.split(".")[0]]
_Stream: Any = _HTTP.AsyncByteStream
DONE = b"[DONE]"
FIELDS = (b":", b"event:", b"id:", b"retry:")  # of a stream, beside its data


class OffProtocol(Exception):
    """The server sent something other than an answer; the text says what."""


@dataclass(slots=True)
class Answer:
    """An answer as far as it has come, from one body or from the events of a stream."""

    pieces: list[str] = field(default_factory=list)
    finish: Any = None  # the reason that the server gave for the end
    usage: Any = None
    model: Any = None
    done: bool = False  # whether the stream was declared to be at its end
    spoke: bool = False  # whether there was a message at all, even without text
    latest: bytes = b""
    size: int = 0  # characters so far
    half: str = ""  # of a character whose other half is still to come

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(self.pieces)

    @property
    def whole(self) -> bool:
        """Whether nothing more can come."""
        return bool(self.finish) or self.done

    def add(self, data: bytes) -> tuple[str, bool]:
        """The text of one more body or event, and whether it says anything at all."""
        self.latest = data
        body = parsed(data)
        self.usage = body.get("usage") or self.usage
        self.model = body.get("model") or self.model
        choices = body.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return "", False
        message = choice.get("delta") or choice.get("message")
        if not isinstance(message, dict):
            message = {"content": choice["text"]} if "text" in choice else {}
        self.spoke = self.spoke or bool(message)
        finish = choice.get("finish_reason")
        text = self._text(message, last=bool(finish))
        self.finish = finish or self.finish
        return text, any(said for key, said in message.items() if key != "role")

    def _text(self, message: dict[str, Any], last: bool) -> str:
        """The text of a message, less the first half of a character at its end."""
        text = self.half + text_of(message)
        self.half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        if self.half and not last:
            text = text[:-1]
        text = clean(text)
        self.size += len(text)
        if self.size > LONGEST:
            raise OffProtocol(
                f"its text goes on after {LONGEST} characters; ask a server that "
                "heeds max_tokens"
            )
        if text:
            self.pieces.append(text)
        return text

    def check(self) -> None:
        """OffProtocol unless this is an answer, be it one that was cut off.

        NoText for one that says nothing.
        """
        if not self.text and not (self.finish and self.spoke):
            raise OffProtocol(f"no answer in {shown(self.latest)}; {ADVICE}")
        worded(self.text, self.finish)

    def check_stream(self) -> None:
        """The same for a stream, which has to be declared over as well."""
        self.check()
        if not self.whole:
            raise OffProtocol(
                f"the stream broke off after {len(self.text)} characters; ask again"
            )


def parsed(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`, which must not be the report of an error."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise OffProtocol(f"it sent {shown(data)}, not JSON of an answer; {ADVICE}")
    if error := body.get("error"):
        said = error.get("message") if isinstance(error, dict) else None
        raise OffProtocol(f"it reports an error, {shown(said or error)}")
    return body


def complaint(data: bytes) -> str:
    """The server's own words in a response that is a failure by its status."""
    try:
        parsed(data)
    except OffProtocol as e:
        return str(e)
    return f"it sent {shown(data)}; {ADVICE}"


def text_of(message: dict[str, Any]) -> str:
    """The text of a message: its content, whole or in parts, or why it refuses."""
    content = message.get("content") or message.get("refusal")
    if isinstance(content, (int, float)):  # it can only be a mistake
        raise OffProtocol(f"its content is {shown(content)}, not text; {ADVICE}")
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "".join(text for text in texts if isinstance(text, str))


def count(usage: Any, *path: str) -> int | None:
    """A count of tokens in `usage`, None where it has none there."""
    for key in path:
        usage = usage.get(key) if isinstance(usage, dict) else None
    whole = isinstance(usage, int) and not isinstance(usage, bool)
    return usage if whole and usage >= 0 else None


def shown(what: object) -> str:
    """The beginning of what came, on one line, for an error's text."""
    text = what.decode("utf-8", "replace") if isinstance(what, bytes) else f"{what}"
    text = " ".join(text[: 20 * SHOWN].split())
    if not text:
        return "an empty body"
    return f"'{text[:SHOWN]}{'…' * (len(text) > SHOWN)}'"


async def events(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The data of each event in a stream; a body without events is one itself."""
    data, size, stray, any_yet = list[bytes](), 0, bytearray(), False
    async with aclosing(_lines(body)) as lines:
        async for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].strip())
                size += len(line)
                bounded(data[0], size)
            elif not line.strip() and data:
                yield b"\n".join(data)
                data, size, any_yet = [], 0, True
            elif not any_yet and not line.startswith(FIELDS):
                stray += line + b"\n"
                bounded(stray)
    if data:
        yield b"\n".join(data)
    elif not any_yet:
        yield bytes(stray)


async def _lines(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Lines by the ends that a stream of events knows, and only by those."""
    rest, begun = b"", False
    async for chunk in body:
        # a return at the very end may be half of a line's end
        *whole, rest = re.split(rb"\r\n|\n|\r(?!\Z)", rest + chunk)
        bounded(rest)
        for line in whole:
            yield line if begun else line.removeprefix(BOM_UTF8)
            begun = True
    yield rest.rstrip(b"\r")


def bounded(data: bytes | bytearray, size: int = 0) -> None:
    """OffProtocol if this is more than an answer, an event or an error may have."""
    if max(size, len(data)) > LONGEST:
        raise OffProtocol(
            f"it sent more than {LONGEST} bytes at once, beginning "
            f"{shown(bytes(data[:SHOWN]))}; {ADVICE}"
        )


async def in_steps(response: Any) -> None:
    """Have a body decoded a little at a time; a hook for all responses of a client."""
    encoding = response.headers.pop("Content-Encoding", "")
    response.stream = _Steps(response.stream, encoding, whole=not response.is_success)


class _Steps(_Stream):
    """The bytes of a body without their encoding; if read `whole`, not too many."""

    def __init__(self, body: Any, encoding: str, *, whole: bool) -> None:
        self._body = body
        self._encoding = encoding
        self._whole = whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = bytearray()
        try:
            decoder = Decoder(self._encoding)
            async for chunk in self._body:
                for part in decoder.steps(chunk):
                    if self._whole:
                        read += part
                        bounded(read)
                    yield part
            decoder.close()
        except Undecodable as e:
            raise OffProtocol(f"{e}; {ADVICE}") from e

    async def aclose(self) -> None:
        await self._body.aclose()
