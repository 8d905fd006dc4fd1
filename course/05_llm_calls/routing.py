"""Easy questions to the small model, hard ones to the large one: what it costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Lab, slider
from session1.data.prompts import prompts
from session1.llm import SimulatedLLM
from session1.llm.models import table

SMALL, LARGE = table().models["medium"], table().models["reasoner"]
ANSWER = 200  # tokens
WRONG = 5  # large calls: someone finds the mistake, asks again and trusts less
HARD = ("complex", "reasoning")  # the small model gets these wrong
CUES = (
    *("prove", "derive", "deduce", "design", "implement", "refactor", "debug"),
    *("optimi", "analy", "evaluate", "recommend", "plan", "review", "develop"),
    *("step by step", "probability", "puzzle", "if all", "minimum", "least"),
)
Case = tuple[str, bool]  # a prompt, and whether it is hard


@dataclass(frozen=True, slots=True)
class Routed:
    """A thousand questions' dollars: for calls, and with what wrong answers cost."""

    calls: float
    total: float
    wrong: int
    large: int


@cache
def cases() -> tuple[Case, ...]:
    """The 64 labelled prompts."""
    return tuple((p.prompt, p.complexity in HARD) for p in prompts())


def dollars(prompt: str, large: bool) -> float:
    """One call with an answer of 200 tokens."""
    model = LARGE if large else SMALL
    return model.cost(SimulatedLLM().count_tokens(prompt), ANSWER)


def routed(is_hard: Callable[[str], Any], asked: Sequence[Case]) -> Routed:
    """What a rule makes of prompts; each wrong answer costs `WRONG` large calls."""
    calls = harm = 0.0
    wrong = large = 0
    for prompt, hard in asked:
        to_large = bool(is_hard(prompt))
        calls += dollars(prompt, to_large)
        large += to_large
        if hard and not to_large:
            wrong += 1
            harm += WRONG * dollars(prompt, True)
    share = 1000 / len(asked)
    return Routed(share * calls, share * (calls + harm), wrong, large)


def words(prompt: str) -> int:
    """How many words a prompt has."""
    return len(prompt.split())


def cues(prompt: str) -> int:
    """How many of the cue words it has."""
    return sum(cue in prompt.lower() for cue in CUES)


def by_settings(settings: dict[str, int]) -> Callable[[str], bool]:
    """Hard from so many words on, or from so many cue words on."""
    least_words, least_cues = settings["words"], settings["cues"]
    if ... in (least_words, least_cues):
        raise NotImplementedError("`settings` still has `...`: put your answer there")
    return lambda p: words(p) >= least_words or cues(p) >= least_cues


def ends(asked: Sequence[Case]) -> dict[str, Routed]:
    """What everyone could do without a rule, and what nobody can beat."""
    truth = dict(asked)
    return {
        "all large": routed(lambda _: True, asked),
        "all small": routed(lambda _: False, asked),
        "oracle": routed(truth.__getitem__, asked),
    }


# Prompts of another day: quoted text is long and full of cues, hard ones are short.
OTHERS: tuple[Case, ...] = (
    (
        'Translate into Italian: "The review of the architecture is planned for '
        'Thursday, so please bring the analysis of the last project to the meeting."',
        False,
    ),
    (
        'Is this a question or a statement? "Nobody can derive any benefit from a plan '
        'that was never evaluated by the people who must live with it."',
        False,
    ),
    (
        'Fix the commas: "We designed built and tested the bridge but nobody walked '
        'across it because the road on the other side was never finished."',
        False,
    ),
    (
        "What is a good breakfast before a long run on a cold day, with no more than "
        "ten minutes and only bread and eggs at home?",
        False,
    ),
    ('Sort these names: "Derek, Analia, Hannah, Planck"', False),
    ("What does the word refactor mean?", False),
    ("Prove that n^2 is even if n is.", True),
    ("Design a lift controller.", True),
    ("Debug this: it deadlocks at start-up.", True),
    ("If all A are B, is every B an A? Justify it.", True),
    ("Derive the volume of a sphere.", True),
    ("Implement a trie in C.", True),
)


def show_dict() -> None:
    """Print what the dict of names costs, depending on who gives the names."""
    names = {p.prompt: p.complexity for p in prompts()}
    by_name = {"simple": False, "moderate": False, "complex": True, "reasoning": True}
    ways: dict[str, Callable[[str], bool]] = {
        "names from our labels": lambda p: by_name[names[p]],
        "a third without a name": lambda p: (
            by_name[names[p]] if len(p) % 3 else by_name["simple"]
        ),
        "reasoning spelled otherwise": lambda p: by_name.get(
            names[p].replace("reasoning", "logic"), by_name["simple"]
        ),
        "all to the large model": lambda p: True,
    }
    print(f"{'':29}large  wrong  dollars a thousand")
    for way, rule in ways.items():
        found = routed(rule, cases())
        print(f"{way:29}{found.large:5}{found.wrong:7}{found.total:10.2f}")


def show_rule(is_hard: Callable[[str], Any]) -> None:
    """Print a rule beside what everyone can do, on both sets of prompts."""
    print(f"{'dollars a thousand':20}{'64 prompts':>12}{'12 others':>12}")
    ends_of = [ends(asked) for asked in (cases(), OTHERS)]
    yours = [routed(is_hard, asked) for asked in (cases(), OTHERS)]
    rows = {name: [end[name] for end in ends_of] for name in ends_of[0]}
    for name, found in {**rows, "your rule": yours}.items():
        print(f"{name:20}" + "".join(f"{each.total:12.2f}" for each in found))


@one_line
def routing_lab(**settings: float) -> Lab:
    """The lab: two thresholds, and where they lie between all small and all large."""
    controls = {
        "words": slider("large from", 1, 40, 1, 20, "words"),
        "cues": slider("or from", 1, 5, 1, 3, "cue words"),
        "wrong": slider("a wrong one costs", 0, 10, 1, WRONG, "calls"),
    }
    lab = Lab("Routing lab: cost against wrong answers", controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lab's settings: dollars of calls, wrong answers, dollars in all."""

    words: int
    cues: int
    wrong_costs: int
    dollars: float
    wrong: int
    large: int

    @property
    def total(self) -> float:
        """Dollars of a thousand questions, with what wrong answers cost."""
        return self.dollars + self.wrong * self.wrong_costs * _large_call()


@cache
def _table() -> Any:
    """Of the 64 prompts: words, cues, hard, dollars small, dollars large."""
    rows = [
        (words(p), cues(p), hard, dollars(p, False), dollars(p, True))
        for p, hard in cases()
    ]
    return np.array(rows, dtype=float).T


def _large_call() -> float:
    """Dollars that one wrong answer of 64 adds to a thousand, a large call each."""
    return float(1000 / len(cases()) * _table()[4].mean())


@cache
def _at(least_words: int, least_cues: int) -> tuple[float, int, int]:
    """Dollars of a thousand calls, wrong answers of 64, calls of the large model."""
    said, told, hard, small, large = _table()
    up = (said >= least_words) | (told >= least_cues)
    spent = np.where(up, large, small).sum() * 1000 / len(said)
    return float(spent), int((hard.astype(bool) & ~up).sum()), int(up.sum())


def run(words: int, cues: int, wrong: int) -> Chosen:
    """These settings on the 64 prompts."""
    return Chosen(words, cues, wrong, *_at(words, cues))


@cache
def _all() -> list[tuple[float, int]]:
    """Dollars and wrong answers of all settings."""
    return sorted({_at(w, c)[:2] for w in range(1, 41) for c in range(1, 6)})


def draw(figure: Figure, chosen: Chosen) -> None:
    """All settings, those that nothing beats, the ends, and the one chosen."""
    axes = figure.subplots()
    xs, ys = zip(*_all(), strict=True)
    axes.plot(xs, ys, "o", color=style.SKY, markersize=3.5, label="other settings")
    best, least = [], len(cases())
    for x, y in _all():
        if y < least:
            best.append((x, y))
            least = y
    front = list(zip(*best, strict=True))
    axes.plot(*front, color=style.BLUE, linewidth=1.2, label="nothing beats these")
    for name, end in ends(cases()).items():
        marker = "*" if name == "oracle" else "s"
        axes.plot(end.calls, end.wrong, marker, color=style.BLACK, markersize=8)
        # each name stands where no dots are
        left = name != "all small"
        axes.annotate(
            name,
            (end.calls, end.wrong),
            (-8 if left else 8, 6),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=9,
        )
    mark = {"color": style.VERMILLION, "markersize": 10, "label": "your setting"}
    axes.plot(chosen.dollars, chosen.wrong, "D", **mark)
    axes.set(
        title="64 questions, two models",
        xlabel="dollars for a thousand calls",
        ylabel="wrong answers of 64",
        xlim=(0, 10.6),
        ylim=(-1.5, 36),
    )
    axes.legend(loc="upper right", fontsize=8)
    figure.subplots_adjust(left=0.09, right=0.98, top=0.91, bottom=0.14)


def summarize(chosen: Chosen) -> str:
    """The chosen setting between the two ends, in figures."""
    end = {name: found.calls for name, found in ends(cases()).items()}
    return (
        f"large from {chosen.words} words or {chosen.cues} cue words: "
        f"{chosen.large} of 64 go to the large model, {chosen.wrong} answers wrong\n"
        f"{chosen.dollars:.2f} dollars for a thousand calls, {chosen.total:.2f} with "
        "what wrong answers cost\n"
        f"all to the large model {end['all large']:.2f}, the oracle "
        f"{end['oracle']:.2f}, both without a wrong answer"
    )
