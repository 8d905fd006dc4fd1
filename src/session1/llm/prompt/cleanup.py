"""Take out of a prompt what says nothing, and see what that saves."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from session1.limits import positive_int
from session1.llm.client import LLMClient, Prompt, Reply
from session1.llm.models import Model

WORDS = 6  # a paragraph of at least so many, there already, is boilerplate

_FENCE = re.compile(r"\s*(```+|~~~+|\"\"\"|''')")
_TAG = re.compile(r"\s*<([A-Za-z][\w-]*)(?:\s[^<>]*)?>\s*\Z")
_KEPT_LINE = re.compile(r"(?: {4}|[ ]*\t|\s*>)|.*\t")  # indented, quoted, tabbed
_COLUMNS = re.compile(r"\S(?<![.!?:;,]) {2,}\S")
_SPAN = re.compile(r'(`[^`]*`|"[^"]*"|“[^”]*”)')
_SPACES = re.compile(r" {2,}")


def tidy(text: str, *, repeats: bool = True) -> str:
    """`text` with the same words in the same order and no waste around them.

    Runs of spaces become one, blank lines at most one, ends of lines bare. With
    `repeats` a paragraph of six words or more that stood before is left out.
    Nothing changes in code (fenced, indented, in backticks), in quoted text, between
    tags that stand on lines of their own, and in what looks like columns.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, got {type(text).__name__}")
    paragraphs = list(_paragraphs(_marked(text.split("\n"))))
    if repeats:
        paragraphs = list(_once(paragraphs))
    return "\n\n".join("\n".join(line for line, _ in p) for p in paragraphs)


Line = tuple[str, bool]  # and whether it is to stay as it is


def _marked(lines: list[str]) -> Iterator[Line]:
    """Each line tidied, or marked to be kept as it is."""
    plain = [
        not (inside or _KEPT_LINE.match(line) or _in_table(lines, i))
        for i, (line, inside) in enumerate(
            zip(lines, _inside_blocks(lines), strict=True)
        )
    ]
    _settle_blank(lines, plain)
    open_quote = False
    for line, is_plain in zip(lines, plain, strict=True):
        odd = is_plain and line.count('"') % 2 == 1
        if is_plain and not odd and not open_quote:
            yield _tidied(line), False
        else:
            yield line, bool(line.strip()) or not is_plain or open_quote
        open_quote ^= odd


def _settle_blank(lines: list[str], plain: list[bool]) -> None:
    """A blank line stays as it is only between two lines that do."""
    told = [i for i, line in enumerate(lines) if line.strip()]
    edges = [-1, *told, len(lines)]
    for before, after in pairwise(edges):
        between = before >= 0 and after < len(lines)
        kept = between and not (plain[before] or plain[after])
        plain[before + 1 : after] = [not kept] * (after - before - 1)


def _inside_blocks(lines: list[str]) -> Iterator[bool]:
    """Whether each line is in a fenced block or between tags, its edges included."""
    end: str | None = None
    for line in lines:
        if end is not None:
            yield True
            if line.strip().startswith(end):
                end = None
            continue
        if fence := _FENCE.match(line):
            end = fence[1]
            again = line.strip()[len(end) :]
            if end in again:  # opened and closed on one line
                end = None
        elif tag := _TAG.match(line):
            end = f"</{tag[1]}>"
        yield end is not None or fence is not None


def _in_table(lines: list[str], i: int) -> bool:
    """Whether a line and one beside it have their words in columns."""
    if not _COLUMNS.search(lines[i]):
        return False
    beside = lines[max(i - 1, 0) : i] + lines[i + 1 : i + 2]
    return any(_COLUMNS.search(line) for line in beside)


def _tidied(line: str) -> str:
    text = line.lstrip(" ")
    margin = line[: len(line) - len(text)]
    spans = _SPAN.split(text)
    spans[::2] = [_SPACES.sub(" ", prose) for prose in spans[::2]]  # the others: quotes
    return (margin + "".join(spans)).rstrip()


def _paragraphs(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Lines between blank ones; a blank line that is to stay ends no paragraph."""
    paragraph: list[Line] = []
    for line, kept in lines:
        if line or kept:
            paragraph.append((line, kept))
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _once(paragraphs: list[list[Line]]) -> Iterator[list[Line]]:
    seen: set[str] = set()
    for paragraph in paragraphs:
        text = "\n".join(line for line, _ in paragraph)
        prose = not any(kept for _, kept in paragraph)
        if prose and len(text.split()) >= WORDS and text in seen:
            continue
        seen.add(text)
        yield paragraph


@dataclass(frozen=True, slots=True)
class Effect:
    """The cost of one way to ask: tokens, median seconds, dollars; its answer."""

    name: str
    prompt_tokens: int
    cached_tokens: int
    first_token_s: float
    total_s: float
    dollars: float
    text: str


async def compare(
    llm: LLMClient,
    variants: Mapping[str, Prompt],
    *,
    price: Model,
    max_tokens: int = 16,
    rounds: int = 1,
) -> list[Effect]:
    """The same question asked in several ways, in turns, at temperature 0.

    A model with a prompt cache reads a prompt once only; to compare cold prompts give
    one without (`LocalLLM(prompt_cache=False)`).
    """
    positive_int("rounds", rounds)
    replies: dict[str, list[Reply]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, prompt in variants.items():
            replies[name].append(await llm.generate(prompt, max_tokens=max_tokens))
    return [_effect(name, found, price) for name, found in replies.items()]


def saved(
    before: str, after: str, count_tokens: Callable[[str], int], data: str = ""
) -> float:
    """The share of tokens that template `after` saves, with `data` filled in.

    Both templates have a `{data}`. A template's saving is fixed and the data is not:
    the more data, the less of the whole is saved.
    """
    for template in (before, after):
        if "{data}" not in template:
            raise ValueError(f"no {{data}} in the template {template[:40]!r}")
    old, new = (count_tokens(t.replace("{data}", data)) for t in (before, after))
    return 1 - new / old


def _effect(name: str, replies: list[Reply], price: Model) -> Effect:
    last = replies[-1]
    return Effect(
        name,
        last.prompt_tokens,
        last.cached_tokens,
        median(r.first_token_s for r in replies),
        median(r.total_s for r in replies),
        price.cost_of(last),
        last.text,
    )
