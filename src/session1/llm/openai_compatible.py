"""Any server that speaks the OpenAI protocol: Ollama, vLLM, a hosted service."""

import os
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any

import openai

from session1.limits import positive_int
from session1.llm.client import OnEnd, Prompt, Reply, as_messages, finish_of
from session1.llm.errors import LLMError
from session1.virtual_time import needs_real_time


class OpenAICompatibleLLM:
    """A chat model behind `base_url`, which must be given or be in OPENAI_BASE_URL.

    The key is `api_key` or OPENAI_API_KEY; local servers usually need none.
    """

    def __init__(
        self,
        model: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
    ) -> None:
        """`timeout` is in seconds; a failed request is tried once more."""
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
            http_client=openai.DefaultAsyncHttpxClient(timeout=timeout),
        )

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> Reply:
        """The whole answer; it arrives at once, so its first token does too."""
        start = time.perf_counter()
        body = self._body(prompt, max_tokens, temperature, seed)
        with self._explained():
            answer = await self._client.chat.completions.create(**body)
        total = time.perf_counter() - start
        text = (answer.choices[0].message.content or "") if answer.choices else ""
        read, wrote, cached = self._tokens(answer.usage, prompt, text)
        return Reply(
            text=text,
            model=answer.model or self.model,
            prompt_tokens=read,
            completion_tokens=wrote,
            cached_tokens=cached,
            first_token_s=total,
            total_s=total,
            finish=finish_of(answer.choices[0].finish_reason if answer.choices else ""),
        )

    async def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        on_end: OnEnd | None = None,
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece; a consumer that stops early hangs up.

        Tokens are estimated for `on_end` where the server does not tell them.
        """
        start = time.perf_counter()
        first, pieces, finish, usage = 0.0, list[str](), "", None
        body = self._body(prompt, max_tokens, temperature, seed)
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        with self._explained():
            chunks = await self._client.chat.completions.create(**body)
            async with chunks:
                async for chunk in chunks:
                    usage = chunk.usage or usage
                    choice = chunk.choices[0] if chunk.choices else None
                    finish = (choice and choice.finish_reason) or finish
                    if choice and (piece := choice.delta.content):
                        first = first or time.perf_counter() - start
                        pieces.append(piece)
                        yield piece
        if on_end:
            total = time.perf_counter() - start
            text = "".join(pieces)
            read, wrote, cached = self._tokens(usage, prompt, text)
            on_end(
                Reply(
                    text,
                    self.model,
                    read,
                    wrote,
                    cached,
                    first or total,
                    total,
                    finish_of(finish),
                )
            )

    def count_tokens(self, text: str) -> int:
        """An estimate, four characters a token: the protocol has no tokenizer."""
        return -(-len(text) // 4)

    def _tokens(self, usage: Any, prompt: Prompt, text: str) -> tuple[int, int, int]:
        """Read, written, and of those read not anew."""
        if usage is None:
            said = sum(self.count_tokens(m.content) for m in as_messages(prompt))
            return said, self.count_tokens(text), 0
        details = usage.prompt_tokens_details
        cached = (details.cached_tokens or 0) if details else 0
        return usage.prompt_tokens, usage.completion_tokens, cached

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _body(
        self, prompt: Prompt, max_tokens: int, temperature: float, seed: int
    ) -> dict[str, Any]:
        positive_int("max_tokens", max_tokens)
        needs_real_time(f"the model at {self.base_url}")
        # A tool's message needs the id of the call it answers, which ours do not
        # carry, so the server is told of it by the user.
        messages = [
            {"role": "user" if m.role == "tool" else m.role, "content": m.content}
            for m in as_messages(prompt)
        ]
        return {
            "model": self.model,
            "messages": messages,
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
        }

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the openai package's errors into ours, each with a next step."""
        try:
            yield
        except openai.OpenAIError as e:
            raise LLMError(f"{self.base_url}: {self._next_step(e)}") from e

    def _next_step(self, error: openai.OpenAIError) -> str:
        match error:
            case openai.APITimeoutError():
                return "no answer in time; give a larger timeout= or a smaller model"
            case openai.APIConnectionError():
                return "nothing answers there; start the server or correct base_url"
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return "the key was refused; set OPENAI_API_KEY or pass api_key"
            case openai.NotFoundError():
                return f"no model {self.model!r} at this address; check both"
            case openai.RateLimitError():
                return "too many requests; wait, or send fewer at once"
        return f"the request failed: {error}"


def _setting(variable: str, argument: str, example: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise ValueError(
            f"no {argument}: pass {argument}= or set {variable}, "
            f"for example to {example}"
        )
    return value
