"""Any server that speaks the OpenAI protocol: Ollama, vLLM, a hosted service."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any

import openai

from session1.limits import instance, positive, positive_int
from session1.llm.client import (
    OnEnd,
    Prompt,
    Reply,
    Schema,
    as_messages,
    clean,
    finish_of,
)
from session1.llm.errors import LLMError, NoText
from session1.llm.openai_wire import (
    ADVICE,
    DONE,
    Answer,
    OffProtocol,
    bounded,
    complaint,
    count,
    events,
    in_steps,
    shown,
)
from session1.llm.structured import check, response_format
from session1.runtime.decoding import OFFERED
from session1.virtual_time import needs_real_time

# Causes by name, whichever httpx the package uses: something is there, but what it
# sends is no HTTP, or stops in the middle.
ANSWERED = {"DecodingError", "ReadError", "RemoteProtocolError"}
AFTERWARDS = 0.5  # seconds that a server has for counts once its answer is whole


class OpenAICompatibleLLM:
    """A chat model behind `base_url`, which must be given or be in OPENAI_BASE_URL.

    `model` is one that it has, or OPENAI_MODEL. The key is `api_key` or OPENAI_API_KEY;
    local servers usually need none.
    """

    def __init__(
        self,
        model: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """`timeout` is in seconds, for a whole answer and for each piece of a stream.

        A request that fails before its answer begins is tried once more. `extra_body`
        holds fields that this server knows beyond the protocol, for plain text: those
        of `local.PLAIN_TEXT` keep a small model behind llama.cpp from going in circles.
        """
        instance("extra_body", extra_body, Mapping)
        self.extra_body = dict(extra_body or {})
        self.timeout = positive("timeout", timeout)
        self.model = model or _setting("OPENAI_MODEL", "model", "smollm2")
        self.base_url = base_url or _setting(
            "OPENAI_BASE_URL", "base_url", "http://127.0.0.1:11434/v1"
        )
        self._client = openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=api_key or os.environ.get("OPENAI_API_KEY") or "none",
            timeout=timeout,
            max_retries=1,
            # the default one, when forgotten, closes itself in whatever loop runs next
            http_client=openai.DefaultAsyncHttpxClient(
                timeout=timeout,
                headers={"Accept-Encoding": OFFERED},
                event_hooks={"response": [in_steps]},
            ),
        )

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
    ) -> Reply:
        """The whole answer; it arrives at once, so its first token does too."""
        start = time.perf_counter()
        body = self._body(prompt, max_tokens, temperature, seed, schema)
        answer = Answer()
        with self._explained():
            async with asyncio.timeout(self.timeout):
                answer.add(await self._whole(body))
            answer.check()
        total = time.perf_counter() - start
        reply = self._reply(answer, prompt, total, total)
        check(reply.text, reply.finish, max_tokens, schema)
        return reply

    async def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
        on_end: OnEnd | None = None,
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece; a consumer that stops early hangs up.

        Tokens are estimated for `on_end` where the server does not report them.
        """
        start, first = time.perf_counter(), 0.0
        body = self._body(prompt, max_tokens, temperature, seed, schema)
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        answer = Answer()
        with self._explained():
            async with aclosing(self._pieces(body, answer)) as pieces:
                async for piece in pieces:
                    first = first or time.perf_counter() - start
                    yield piece
            answer.check_stream()
        total = time.perf_counter() - start
        reply = self._reply(answer, prompt, first or total, total)
        check(reply.text, reply.finish, max_tokens, schema)
        if on_end:
            on_end(reply)

    async def _pieces(
        self, body: dict[str, Any], answer: Answer
    ) -> AsyncGenerator[str, None]:
        """The texts of a stream; once it is whole, nothing can spoil it any more."""
        async with asyncio.timeout(self.timeout):
            response = await self._response(body)
        clock = asyncio.get_running_loop().time
        until = clock() + self.timeout
        try:
            async with aclosing(events(response.aiter_bytes())) as coming:
                while True:
                    async with asyncio.timeout_at(until):
                        event = await anext(coming, None)
                    if event is None:
                        return
                    if event.startswith(DONE) or answer.done:
                        answer.done = True
                        piece, moves = "", False
                    else:
                        piece, moves = answer.add(event)
                    if answer.whole:
                        until = clock() + AFTERWARDS
                    elif moves:
                        until = clock() + self.timeout
                    if piece:
                        yield piece
        except Exception:
            if not answer.whole:
                raise
        finally:
            await response.aclose()

    async def _whole(self, body: dict[str, Any]) -> bytes:
        """The body of a response, as long as it is not too long."""
        create = self._completions().with_streaming_response.create
        whole = bytearray()
        async with create(**body) as response:
            async for part in response.http_response.aiter_bytes():
                whole += part
                bounded(whole)
        return bytes(whole)

    async def _response(self, body: dict[str, Any]) -> Any:
        """The raw response: the package would read errors as answers."""
        create = self._completions().with_raw_response.create
        return (await create(**body)).http_response

    def _completions(self) -> Any:
        if self._client.is_closed():
            raise OffProtocol("this client is closed: make a new one")
        return self._client.chat.completions

    def _reply(
        self, answer: Answer, prompt: Prompt, first: float, total: float
    ) -> Reply:
        """The answer as ours, its tokens estimated where the server gave no counts."""
        read = count(answer.usage, "prompt_tokens")
        if read is None:
            read = sum(self.count_tokens(m.content) for m in as_messages(prompt))
        wrote = count(answer.usage, "completion_tokens")
        if wrote is None:
            wrote = self.count_tokens(answer.text)
        cached = count(answer.usage, "prompt_tokens_details", "cached_tokens") or 0
        return Reply(
            text=answer.text,
            model=answer.model if isinstance(answer.model, str) else self.model,
            prompt_tokens=read,
            completion_tokens=wrote,
            cached_tokens=min(cached, read),
            first_token_s=first,
            total_s=total,
            finish=finish_of(answer.finish),
        )

    def count_tokens(self, text: str) -> int:
        """An estimate, four characters a token: the protocol has no tokenizer."""
        return -(-len(text) // 4)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _body(
        self,
        prompt: Prompt,
        max_tokens: int,
        temperature: float,
        seed: int,
        schema: Schema | None,
    ) -> dict[str, Any]:
        positive_int("max_tokens", max_tokens)
        needs_real_time(f"the model at {self.base_url}")
        # A tool's message needs the id of the call it answers, which ours do not
        # carry, so the server is told of it by the user.
        messages = [
            {
                "role": "user" if m.role == "tool" else m.role,
                "content": clean(m.content),
            }
            for m in as_messages(prompt)
        ]
        plain = schema is None and as_messages(prompt)[-1].role != "tool"
        return {
            "model": self.model,
            "messages": messages,
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
            **({"extra_body": self.extra_body} if plain else response_format(schema)),
        }

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn whatever goes wrong with a request into ours, with a next step."""
        try:
            yield
        except NoText as e:
            raise NoText(f"{self.base_url}: {e}") from e
        except Exception as e:
            raise LLMError(f"{self.base_url}: {self._next_step(e)}") from e

    def _next_step(self, error: Exception) -> str:
        match error:
            case OffProtocol():
                return str(error)
            case openai.APITimeoutError() | TimeoutError():
                return "no answer in time; give a larger timeout= or a smaller model"
            case openai.APIConnectionError() if not _answered(error):
                why = f"no connection ({_cause(error)})"
                return f"{why}; start the server or correct base_url"
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return "the key was refused; set OPENAI_API_KEY or pass api_key"
            case openai.NotFoundError():
                return (
                    f"no model {self.model!r} at this address; check both (most "
                    "addresses end in /v1)"
                )
            case openai.RateLimitError():
                return "too many requests; wait, or send fewer at once"
            case openai.APIStatusError():
                return (
                    f"status {error.status_code}, {complaint(error.response.content)}"
                )
            case openai.OpenAIError() if not _answered(error):
                return f"the request failed: {shown(error)}; {ADVICE}"
        cause = _cause(error)
        return f"it broke off ({cause}); ask again, or check base_url and the key"


def _answered(error: Exception) -> bool:
    return type(error.__cause__).__name__ in ANSWERED


def _cause(error: Exception) -> str:
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {shown(cause)}" if str(cause) else repr(cause)


def _setting(variable: str, argument: str, example: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise ValueError(
            f"no {argument}: pass {argument}= or set {variable}, "
            f"for example to {example}"
        )
    return value
