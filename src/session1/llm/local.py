"""A real instruct model that runs in this process, offline, through llama.cpp."""

import asyncio
import http.client
import json
import re
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import Any

import xllamacpp

from session1.forks import heed_forks
from session1.limits import positive_int
from session1.llm import model_file
from session1.llm.client import (
    OnEnd,
    Prompt,
    Reply,
    Schema,
    as_messages,
    clean,
    drained,
    finish_of,
)
from session1.llm.errors import LLMError, ModelBroken
from session1.llm.structured import check, response_format
from session1.virtual_time import needs_real_time

Chunk = dict[str, Any]
_MARK = re.compile(r"<[^<>\s]{1,64}>|\[[A-Z_/]{2,32}\]")  # what may be one of a model's
# Without it, half of the answers of a small model end in a loop. What has to repeat
# something does without: JSON its punctuation and names, an answer a tool's result.
PLAIN_TEXT = {"repeat_penalty": 1.1, "repeat_last_n": 256}

_FORKED = (
    "was loaded before this process was forked, so only its parent can use one: start "
    "the process with 'spawn', or load no model before the fork"
)
_inherited: list[Any] = []  # servers of models that were open when we were forked


class LocalLLM:
    """SmolLM2 on this machine's processor; real speed, real tokens, weak facts.

    Up to `slots` requests are answered at once, each with room for `context` tokens
    of prompt and answer. What a prompt shares with the start of an earlier one is
    not read again (`Reply.cached_tokens`) unless `prompt_cache` is off. At
    temperature 0 a call repeats its answer as long as what is cached stays the same;
    otherwise `seed` decides.
    Loading blocks for about half a second. llama.cpp also serves the OpenAI protocol
    at `base_url`, on loopback only.
    """

    def __init__(
        self,
        model_path: Path | str | None = None,
        *,
        slots: int = 1,
        # One thread gave 40 to 54 tokens/s alone and 28 to 56 beside a busy process;
        # two gave 107 alone but 15 to 27 beside one, because they wait for each other.
        threads: int = 1,
        context: int = 2048,
        prompt_cache: bool = True,
    ) -> None:
        """Load `model_path`, or the file that `model_file.fetch` keeps."""
        positive_int("slots", slots)
        positive_int("threads", threads)
        positive_int("context", context)
        if _inherited:  # llama.cpp would wait for threads of theirs, and abort
            raise LLMError(f"a model {_FORKED}")
        path = model_file.own_file(Path(model_path)) if model_path else None
        path = path or model_file.find()
        self.model = path.stem
        self.context = context
        self._prompt_cache = prompt_cache
        self._server: Any = _load(path, slots, threads, context)
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="local-llm")
        self._stops: set[threading.Event] = set()
        self._gone = "this model is closed: make a new LocalLLM"
        heed_forks(self)

    def forked(self) -> None:
        """Refuse all work: the threads of the model are in the parent."""
        if self._server is None:
            return
        _inherited.append(self._server)  # to free it would wait for those
        self._server = None
        self._pool = ThreadPoolExecutor(1)
        self._gone = f"this model {_FORKED}"

    @property
    def base_url(self) -> str:
        """Where this model answers OpenAI-style requests while it is open."""
        return f"{self._open().listening_address}/v1"

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
    ) -> Reply:
        """The whole answer; cancelling the call stops the generation."""
        return await drained(
            self.stream,
            prompt,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            schema=schema,
        )

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
        """The answer piece by piece; a consumer that stops early stops the model."""
        start = time.perf_counter()
        first, pieces, last = 0.0, [], Chunk()
        body = self._body(prompt, max_tokens, temperature, seed, schema)
        async with aclosing(self._chunks(body)) as chunks:
            async for chunk in chunks:
                if piece := _text(chunk):
                    first = first or time.perf_counter() - start
                    pieces.append(piece)
                    yield piece
                last = chunk
        total = time.perf_counter() - start
        reply = self._reply("".join(pieces), last, first or total, total)
        check(reply.text, reply.finish, max_tokens, schema)
        if on_end:
            on_end(reply)

    def count_tokens(self, text: str) -> int:
        """How many tokens the model's own tokenizer makes of `text`, in about 1 ms."""
        if not isinstance(text, str):
            raise TypeError(f"text must be a str, got {type(text).__name__}")
        body = json.dumps({"content": text})
        answer = _ask(self._open(), "POST", "/tokenize", body)
        if "tokens" not in answer:
            raise LLMError(_explained(answer.get("error", answer)))
        return len(answer["tokens"])

    async def aclose(self) -> None:
        """Stop what is being generated and free the model."""
        server, self._server = self._server, None  # no new request from here on
        for stop in self._stops:
            stop.set()
        await asyncio.to_thread(self._pool.shutdown)
        del server

    async def _chunks(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the model's chunks for `body` from a worker thread; raise its error."""
        needs_real_time("the local model")
        server, loop = self._open(), asyncio.get_running_loop()
        arrived: asyncio.Queue[Chunk | BaseException | None] = asyncio.Queue()
        stop = threading.Event()
        self._stops.add(stop)
        # so that a loop with a clock of its own knows of the work
        work = loop.run_in_executor(
            self._pool, _run, server, body, stop, _sender(loop, arrived)
        )
        try:
            while (chunk := await arrived.get()) is not None:
                if isinstance(chunk, BaseException):
                    raise LLMError(f"the local model failed: {chunk}") from chunk
                if "error" in chunk:
                    raise LLMError(_explained(chunk["error"]))
                yield chunk
            if stop.is_set():
                raise LLMError("the model was closed while it was answering")
        finally:
            stop.set()
            self._stops.discard(stop)
            work.cancel()  # if it still waits for a slot

    def _body(
        self,
        prompt: Prompt,
        max_tokens: int,
        temperature: float,
        seed: int,
        schema: Schema | None = None,
    ) -> dict[str, Any]:
        positive_int("max_tokens", max_tokens)
        messages = as_messages(prompt)
        plain = schema is None and messages[-1].role != "tool"
        return {
            "messages": [
                {"role": m.role, "content": clean(m.content)} for m in messages
            ],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
            "stream": True,
            "cache_prompt": self._prompt_cache,
            "return_progress": True,  # a chunk a batch, so that a stop is noticed
            **(PLAIN_TEXT if plain else response_format(schema)),
        }

    def _reply(self, text: str, last: Chunk, first: float, total: float) -> Reply:
        timings = last["timings"]
        return Reply(
            text=text,
            model=self.model,
            prompt_tokens=timings["cache_n"] + timings["prompt_n"],
            completion_tokens=timings["predicted_n"],
            cached_tokens=timings["cache_n"],
            first_token_s=first,
            total_s=total,
            finish=finish_of(last["choices"][0]["finish_reason"]),
        )

    def _open(self) -> Any:
        if self._server is None:
            raise LLMError(self._gone)
        return self._server


def _load(path: Path, slots: int, threads: int, context: int) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.stem}  # what the server calls it, else the whole path
    params.n_parallel = slots
    params.n_ctx = context * slots
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    # A cancelled prompt is read to the end of its batch: 64 tokens are about half a
    # second, the usual 2,048 up to twenty, and read no faster on a processor.
    params.n_batch = params.n_ubatch = 64
    params.n_gpu_layers = 0  # the same answers and speed with and without a GPU
    params.fit_params = False
    params.warmup = False
    params.ui = False
    params.verbosity = -1

    def start() -> Any:
        server = xllamacpp.Server(params)
        _ask(server, "GET", "/slots")  # answered once its loop runs
        return server

    try:
        # A server that is freed before its loop runs waits for ever; on a thread of its
        # own Ctrl-C cannot come in between.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(start).result()
    except RuntimeError as e:
        raise ModelBroken(
            f"llama.cpp cannot load {path}: it is cut off, damaged or of a kind this "
            "version does not know. Replace it; or unset SESSION1_MODEL and fetch ours "
            f"with `{model_file.FETCH}`."
        ) from e


def _ask(server: Any, method: str, path: str, body: str | None = None) -> Any:
    """Return the answer of `server` at `path`, on loopback."""
    address = server.listening_address.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request(method, path, body)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def _run(
    server: Any,
    body: dict[str, Any],
    stop: threading.Event,
    send: Callable[[Chunk | BaseException | None], None],
) -> None:
    """Let the model answer `body`, sending each chunk on, until `stop` is set."""

    def on_chunk(chunk: Chunk) -> bool:
        send(chunk)
        return stop.is_set()  # true ends the generation

    try:
        if not stop.is_set():
            for message in body["messages"]:
                message["content"] = _inert(server, message["content"])
            server.handle_chat_completions(body, on_chunk)
        send(None)
    except Exception as e:
        send(e)


def _inert(server: Any, text: str) -> str:
    """`text` with a space in what the model would read as the beginning of a turn."""
    if not _MARK.search(text):
        return text
    marks = _pieces(server, text, special=True) - _pieces(server, text, special=False)
    return _MARK.sub(
        lambda mark: f"{mark[0][0]} {mark[0][1:]}" if mark[0] in marks else mark[0],
        text,
    )


def _pieces(server: Any, text: str, *, special: bool) -> set[str]:
    """Return the tokens of `text`, a mark of the model's own being one if `special`."""
    body = {"content": text, "with_pieces": True, "parse_special": special}
    tokens = _ask(server, "POST", "/tokenize", json.dumps(body))["tokens"]
    return {token["piece"] for token in tokens if isinstance(token["piece"], str)}


def _sender(
    loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[Any]
) -> Callable[[Any], None]:
    """A function that puts items into `queue` from another thread."""

    def send(item: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, item)

    return send


def _text(chunk: Chunk) -> str:
    return chunk["choices"][0]["delta"].get("content") or ""


def _explained(error: dict[str, Any]) -> str:
    if error.get("type") == "exceed_context_size_error":
        return (
            f"the prompt has {error['n_prompt_tokens']} tokens and the model has room "
            f"for {error['n_ctx']}: shorten it, or give LocalLLM a larger context"
        )
    return f"the local model refused the request: {error.get('message', error)}"
