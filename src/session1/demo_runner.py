"""Run the reference agents on real input: `python demo_runner.py --help`."""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

if not __package__:  # started as a file: find the package beside it, installed or not
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from session1 import virtual_time
from session1.demo import PARTS, load
from session1.demo.part import Context, Mine
from session1.extras import MissingExtra, need
from session1.llm import KINDS, LLMClient, LLMError, ModelMissing, connect

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended


def main(
    argv: list[str] | None = None,
    find_mine: Callable[[Collection[str]], Mine] | None = None,
) -> int:
    """Run the parts asked for; 0 if all held, 1 if not, 130 after Ctrl-C.

    With `find_mine` there is an option `--mine`, for what it finds for these parts.
    """
    options = parser(find_mine is not None).parse_args(argv)
    try:
        need("matplotlib", "course")
    except MissingExtra as error:
        sys.exit(str(error))
    say = (lambda *_: None) if options.json else partial(print, flush=True)
    result: dict[str, Any] = {"ok": False, "llm": None, "notes": [], "failures": []}
    start, code = time.perf_counter(), 1
    try:
        make_folder(options.out)
        with model(options, result, say) as (llm, wait):
            tell = partial(note, result, say)
            parts = options.only or PARTS
            mine = find_mine(parts) if find_mine and options.mine else Mine()
            for text in mine.notes:
                tell(text)
            context = Context(
                llm, wait, options.quick, options.out, not options.json, mine, tell
            )
            for name in parts:
                run_part(name, context, result, say)
        result["ok"] = not result["failures"]
        code = 0 if result["ok"] else 1
    except KeyboardInterrupt:
        note(result, say, "stopped by Ctrl-C; the results above are complete")
        code = INTERRUPTED
    except BrokenPipeError:
        # whoever read this has enough, such as `head`; nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (LLMError, ValueError) as e:
        result["failures"].append(str(e))
    result["seconds"] = round(time.perf_counter() - start, 1)
    for failure in result["failures"]:
        say(f"FAILED: {failure}")
    say(f"\n{'Done' if result['ok'] else 'Not done'} in {result['seconds']} s.")
    if options.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    return code


def make_folder(folder: Path) -> None:
    """Make `folder` to write to, or ValueError: before the work, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()  # it may be there but read-only
    except OSError as e:
        raise ValueError(
            f"no pictures can go to {folder} ({e.strerror}): name another with --out"
        ) from e


def run_part(
    name: str, context: Context, result: dict[str, Any], say: Callable[..., None]
) -> None:
    """Run one part, showing and storing each section as it comes."""
    part = load(name)
    say(f"\n{part.TITLE}\n")
    sections = result[name] = {}
    for section in part.run(context):
        say(f"{section.text}\n")
        sections[section.name] = section.data
        result["failures"].extend(f"{name}: {failure}" for failure in section.failures)


@contextlib.contextmanager
def model(
    options: argparse.Namespace, result: dict[str, Any], say: Callable[..., None]
) -> Iterator[tuple[LLMClient, Callable[[Awaitable[Any]], Any]]]:
    """The client asked for, else the simulated one, and a way to wait for it."""
    llm = _connect(options, result, say)
    result["llm"] = llm.model
    say(f"Model: {llm.model}")
    if llm.model == "simulated":
        yield llm, wait_on_virtual_time
        return
    with asyncio.Runner() as runner:
        try:
            yield llm, lambda work: runner.run(_coroutine(work))
        finally:
            runner.run(llm.aclose())


def _connect(
    options: argparse.Namespace, result: dict[str, Any], say: Callable[..., None]
) -> LLMClient:
    if options.llm == "openai":
        return connect("openai", model=options.model, base_url=options.base_url)
    try:
        return connect(options.llm)
    except ModelMissing as e:
        note(result, say, f"{e}\nGoing on with the simulated model.")
        return connect("simulated")


def wait_on_virtual_time(work: Awaitable[Any]) -> Any:
    """The result of `work`, its waits skipped."""
    return virtual_time.run(lambda: work).value


async def _coroutine(work: Awaitable[Any]) -> Any:
    return await work


def note(result: dict[str, Any], say: Callable[..., None], text: str) -> None:
    """Tell people and programs something they should know."""
    result["notes"].append(text)
    say(f"Note: {text}")


def parser(has_mine: bool = False) -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        description="Run the reference agents on real conversations and compare them "
        "with the code most people write first."
    )
    made.add_argument(
        "--llm",
        choices=KINDS,
        default="local",
        help="who answers (default: local; simulated if its file is not there)",
    )
    made.add_argument("--model", help="with --llm openai: its name (or OPENAI_MODEL)")
    made.add_argument(
        "--base-url", help="with --llm openai: its address (or OPENAI_BASE_URL)"
    )
    if has_mine:
        made.add_argument(
            "--mine", action="store_true", help="what you built, between the two"
        )
    made.add_argument(
        "--only", action="append", choices=PARTS, help="run this part only"
    )
    made.add_argument("--quick", action="store_true", help="less input, a few seconds")
    made.add_argument("--json", action="store_true", help="print JSON, nothing else")
    made.add_argument(
        "--out", type=Path, default=out_folder(), help="for pictures (default: out/)"
    )
    return made


def out_folder() -> Path:
    """`out/` at the top of the repository, or here if this is an installed package."""
    top = Path(__file__).resolve().parents[2]
    return top / "out" if (top / "pyproject.toml").is_file() else Path("out")


if __name__ == "__main__":
    sys.exit(main())
