"""Any server that speaks the OpenAI protocol: Ollama, vLLM, a hosted service."""

import os
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any

import openai

from session1.limits import positive_int
from session1.llm.client import Prompt, Reply, as_messages
from session1.llm.errors import LLMError


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
        usage = answer.usage
        details = usage.prompt_tokens_details if usage else None
        return Reply(
            text=(answer.choices[0].message.content or "") if answer.choices else "",
            model=answer.model or self.model,
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
            cached_tokens=(details.cached_tokens or 0) if details else 0,
            first_token_s=total,
            total_s=total,
        )

    async def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece; a consumer that stops early hangs up."""
        body = self._body(prompt, max_tokens, temperature, seed)
        with self._explained():
            chunks = await self._client.chat.completions.create(**body, stream=True)
            async with chunks:
                async for chunk in chunks:
                    if chunk.choices and (piece := chunk.choices[0].delta.content):
                        yield piece

    def count_tokens(self, text: str) -> int:
        """An estimate, four characters a token: the protocol has no tokenizer."""
        return -(-len(text) // 4)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _body(
        self, prompt: Prompt, max_tokens: int, temperature: float, seed: int
    ) -> dict[str, Any]:
        positive_int("max_tokens", max_tokens)
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
