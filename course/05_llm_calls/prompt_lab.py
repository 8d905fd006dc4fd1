"""The prompt lab: what a call takes to read and to write, before and after a change."""

from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Lab, slider
from session1.demo.call_runs import TERSE, WORDY
from session1.llm import SimulatedLLM
from session1.llm.models import table
from session1.llm.speed import MEASURED

PRICE = table().models["large"]
KINDS = ("tokens", "seconds", "dollars")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds and dollars of a call, those for reading and those for writing."""

    tokens: int
    read_s: float
    write_s: float
    read_dollars: float
    write_dollars: float

    @property
    def seconds(self) -> float:
        """Until the last token is there."""
        return self.read_s + self.write_s

    @property
    def dollars(self) -> float:
        """For reading and writing."""
        return self.read_dollars + self.write_dollars


def template_tokens(template: str) -> int:
    """Tokens of a template without its data."""
    return SimulatedLLM().count_tokens(template.replace("{data}", ""))


def took(prompt: int, answer: int, known: int = 0) -> Took:
    """What a call of so many tokens takes; `known` ones are in the prompt cache."""
    return Took(
        prompt,
        MEASURED.first_token_s(prompt - known),
        MEASURED.total_s(0, answer) - MEASURED.first_token_s(0),
        PRICE.cost(prompt, 0, known),
        PRICE.cost(0, answer),
    )


def saved(data: int, answer: int, terse_answer: int | None = None) -> dict[str, float]:
    """Percent saved by the terse template: tokens of the prompt, seconds, dollars."""
    before = took(template_tokens(WORDY) + data, answer)
    after = took(
        template_tokens(TERSE) + data, answer if terse_answer is None else terse_answer
    )
    return {
        kind: 100 * (1 - getattr(after, kind) / getattr(before, kind)) for kind in KINDS
    }


def show_saved(answer: int = 200) -> None:
    """Print what the terse template saves, the more data the less."""
    print(f"{'data':>12}{'tokens':>9}{'seconds':>9}{'dollars':>9}")
    for data in (0, 100, 1000, 4000):
        shares = saved(data, answer)
        cells = "".join(f"{shares[kind]:8.1f}%" for kind in KINDS)
        print(f"{data:5} tokens{cells}")
    print(f"{'the claim':12}{60:8}%{50:8}%{60:8}%")


def show_call(prompt: int, answer: int) -> None:
    """Print where the seconds and the dollars of a call go."""
    call = took(prompt, answer)
    for kind, unit in [("seconds", "s"), ("dollars", "$")]:
        short = {"seconds": "_s", "dollars": "_dollars"}[kind]
        for what in ("read", "write"):
            part = getattr(call, what + short)
            share = part / getattr(call, kind)
            figure = f"{part:7.1f} {unit}" if unit == "s" else f"{part:7.4f} {unit}"
            print(f"{what:6}{figure:12}{share:5.0%}  {'█' * round(40 * share)}")


@one_line
def prompt_lab(**settings: float) -> Lab:
    """The lab: sliders for what goes into a call, and what it takes."""
    controls = {
        "data": slider("data in the prompt", 0, 4000, 100, 1000, "tokens"),
        "answer": slider("answer, wordy prompt", 20, 800, 20, 200, "tokens"),
        "terse_answer": slider("answer, terse prompt", 20, 800, 20, 200, "tokens"),
        "known": slider("known prefix, terse", 0, 100, 10, 0, "% of prompt"),
    }
    lab = Lab("Prompt lab: what a call takes", controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


def run(data: int, answer: int, terse_answer: int, known: int) -> dict[str, Took]:
    """The wordy call and the terse one."""
    wordy, terse = template_tokens(WORDY) + data, template_tokens(TERSE) + data
    return {
        "wordy": took(wordy, answer),
        "terse": took(terse, terse_answer, terse * known // 100),
    }


def draw(figure: Figure, calls: dict[str, Took]) -> None:
    """Reading and writing of both calls, in seconds and in cents."""
    left, right = figure.subplots(1, 2)
    for axes, short, unit, factor in [
        (left, "_s", "seconds", 1),
        (right, "_dollars", "cents", 100),
    ]:
        drawn = _bars(axes, calls, short, factor)
        axes.set(title=unit.capitalize(), xlabel=unit)
    left.legend(handles=drawn, loc="upper right", fontsize=8, ncols=2)
    figure.subplots_adjust(left=0.1, right=0.97, top=0.9, bottom=0.14, wspace=0.25)


def _bars(axes: Any, calls: dict[str, Took], short: str, factor: float) -> list[Any]:
    """Draw the bars; returns those that a legend explains."""
    reads = [factor * getattr(call, "read" + short) for call in calls.values()]
    writes = [factor * getattr(call, "write" + short) for call in calls.values()]
    places = [1, 0]
    drawn = [
        axes.barh(places, reads, 0.5, color=style.BLUE, label="read"),
        axes.barh(places, writes, 0.5, left=reads, color=style.ORANGE, label="written"),
    ]
    axes.set_yticks(places, list(calls))
    longest = max(map(sum, zip(reads, writes, strict=True)))
    axes.set(ylim=(-0.6, 1.9), xlim=(0, 1.05 * longest))
    axes.grid(axis="y", visible=False)
    return drawn


def summarize(calls: dict[str, Took]) -> str:
    """Both calls in figures, and what the second one saves."""
    before, after = calls["wordy"], calls["terse"]
    rows = [
        f"{name}: {call.tokens:,} tokens read, {call.seconds:.1f} s, "
        f"{100 * call.dollars:.2f} cents"
        for name, call in calls.items()
    ]
    shares = [
        f"{100 * (1 - getattr(after, kind) / getattr(before, kind)):.0f} % fewer {kind}"
        for kind in KINDS
    ]
    return "\n".join([*rows, "terse saves " + ", ".join(shares)])
