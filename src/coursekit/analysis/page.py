"""The report on a class as an HTML page, as CSV and as text."""

import base64
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from coursekit.analysis.alike import Pair, pairs
from coursekit.analysis.class_results import ClassResults
from coursekit.analysis.statistics import FEW, Item
from coursekit.core import render, style
from coursekit.core.module import Exercise, Question
from coursekit.core.report import STATUSES, plural
from coursekit.grading.lms import spreadsheet_text, to_csv
from session1.table import table as text_table

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 66em; margin: 2em auto;
       padding: 0 1em; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; margin: .6em 0 1.4em; }
th, td { text-align: left; padding: .3em 1em .3em 0; border-bottom: 1px solid #ddd;
         vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.weak { border-left: 4px solid #E69F00; padding: .3em 1em; }
.flag { color: #B33C00; }
pre { background: #f5f5f5; padding: .6em; overflow-x: auto; font-size: 13px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1em; }
figure { margin: 0; } img { max-width: 100%; }
"""
HEAD = ("item", "kind", "facility", "item-rest", "upper-lower", "to look at")


def flags(item: Item) -> list[str]:
    """Name the figures of an item that deserve a look."""
    found = []
    if item.item_rest is not None and item.item_rest < 0:
        found.append("who knows more gets less: look at its key or check")
    elif item.item_rest is not None and item.item_rest < 0.2:
        found.append("says little about who knows more")
    if item.facility < 0.3:
        found.append("hard: was it taught?")
    return found


def option_flags(results: ClassResults, question: Question) -> dict[str, str]:
    """Name what deserves a look at each option, by its letter."""
    rows = results.options(question)
    right = next((mean for letter, _, mean in rows if letter == question.answer), None)
    found = {}
    for letter, count, mean in rows:
        if letter == question.answer:
            continue
        if not count:
            found[letter] = "chosen by nobody"
        elif count > 1 and mean is not None and (right is None or mean > right):
            found[letter] = "chosen by the stronger: look at the key"
    return found


def text(results: ClassResults) -> str:
    """The report in short, for a terminal."""
    module = results.module
    found = [(e.id, i) for e, i in results.exercises()]
    found += [(q.id, i) for q, i in results.questions()]
    rows = [[name, *_figures(i), "; ".join(flags(i))] for name, i in found]
    head = ["", "facility", "item-rest", "upper-lower", ""]
    lines = [f"{module.name}: {_summary(results)}", ""]
    lines += [line.rstrip() for line in text_table(head, rows).splitlines()]
    if len(results.learners) < FEW:
        lines += ["", _weak(results)]
    if stuck := results.stuck():
        who = ", ".join(f"{x.name} ({len(left)})" for x, left in stuck[:8])
        lines += ["", f"Stuck, with how many exercises: {who}"]
    if alike := pairs(results):
        first = ", ".join(f"{p.first} and {p.second}" for p in alike[:5])
        lines += ["", f"Answers alike: {first}"]
    return "\n".join(lines)


def items_csv(results: ClassResults) -> str:
    """One row an exercise or question."""
    head = ["item", "kind", "points", "facility", "item_rest", "upper_lower"]
    rows = [
        [e.id, e.kind, e.points, *_raw(i), *(results.statuses(e)[s] for s in STATUSES)]
        for e, i in results.exercises()
    ]
    rows += [[q.id, "question", "", *_raw(i)] for q, i in results.questions()]
    return to_csv([[*head, *STATUSES], *rows])


def learners_csv(results: ClassResults) -> str:
    """One row a learner: points by exercise, then the letter of each question."""
    exercises, quiz = results.module.exercises, results.module.quiz
    head = ["learner", *(e.id for e in exercises), "total", *(q.id for q in quiz)]
    rows = [
        [spreadsheet_text(x.name), *points, sum(points), *(x.choice(q) for q in quiz)]
        for x, points in zip(results.learners, results.points.tolist(), strict=True)
    ]
    return to_csv([head, *rows])


def page(results: ClassResults) -> str:
    """The whole report; needs nothing but the file itself to be read."""
    title = f"{results.module.name}: how the class did"
    weak = f'<p class="weak">{_weak(results)}</p>'
    body = [
        f"<h1>{render.escape(title)}</h1><p>{render.escape(_summary(results))}</p>",
        weak if len(results.learners) < FEW else "",
        _figure(results),
        "<h2>Exercises</h2>",
        _table(HEAD, (_exercise_row(results, e, i) for e, i in results.exercises())),
        "<h2>Questions</h2>" if results.module.quiz else "",
        *(_question(results, q, i) for q, i in results.questions()),
        *_beliefs(results),
        *_stuck(results),
        *_alike(results),
        "<p><small>Facility: the mean share of the points. Item-rest: the correlation "
        "with the points of all other items; above 0.25 is good, below 0 something is "
        "wrong. Upper-lower: how much more the best 27 % got than the last 27 %. "
        "</small></p>",
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{render.escape(title)}</title><style>{STYLE}</style>"
        f"{''.join(body)}</html>"
    )


def _summary(results: ClassResults) -> str:
    totals, most = results.totals, results.module.points
    spread = totals.std(ddof=1) if len(totals) > 1 else 0.0
    said = (
        f"{plural(len(totals), 'learner')}, mean {totals.mean():.1f} of {most:g} "
        f"points (standard deviation {spread:.1f})"
    )
    if results.alpha is not None:
        said += f", α {results.alpha:.2f}"
    if results.left_out:
        said += f"; nothing to grade from {', '.join(results.left_out)}"
    for name, count in results.waiting.items():
        said += f"; {name} is left out: {plural(count, 'answer')} to grade by hand"
    return f"{said}."


def _weak(results: ClassResults) -> str:
    return (
        f"With fewer than {FEW} learners these figures are weak: one learner more or "
        "less can change them."
    )


def _figures(item: Item) -> list[str]:
    rest, upper = item.item_rest, item.upper_lower
    return [
        f"{item.facility:.0%}",
        "" if rest is None else f"{round(rest, 2) + 0:+.2f}",  # not -0.00
        "" if upper is None else f"{round(upper, 2) + 0:+.0%}",
    ]


def _raw(item: Item) -> list[Any]:
    values = (item.facility, item.item_rest, item.upper_lower)
    return ["" if v is None else round(v, 4) for v in values]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML."""
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _cell(text: str) -> str:
    number = text[:1] in "+-0123456789" and len(text) < 8
    return f'<td class="number">{text}</td>' if number else f"<td>{text}</td>"


def _exercise_row(
    results: ClassResults, exercise: Exercise, item: Item
) -> Sequence[str]:
    found = results.statuses(exercise)
    count = len(results.learners)
    said = [f'<span class="flag">{flag}</span>' for flag in flags(item)]
    others = [f"{found[s]} {s}" for s in STATUSES if found[s] and s != "passed"]
    said.append(
        f"{found['passed']} of {count} passed" + "".join(f", {o}" for o in others)
    )
    if hinted := sum(x.hints(exercise) > 0 for x in results.learners):
        said.append(f"{hinted} took hints")
    title = f"<code>{exercise.id}</code> {render.escape(exercise.title)}"
    return [title, exercise.kind, *_figures(item), "<br>".join(said)]


def _question(results: ClassResults, question: Question, item: Item) -> str:
    head = f"<h3>{question.id} {render.inline(question.prompt)}</h3>"
    said = ", ".join(
        f"{name} {value}"
        for name, value in zip(HEAD[2:5], _figures(item), strict=True)
        if value
    )
    said += "".join(f'<br><span class="flag">{flag}</span>' for flag in flags(item))
    marked = option_flags(results, question)
    rows = [
        [
            f"<b>{letter} ✓</b>" if letter == question.answer else letter,
            render.inline(question.option(letter).text),
            str(count),
            "" if mean is None else f"{mean:.1f}",
            f'<span class="flag">{marked.get(letter, "")}</span>',
        ]
        for letter, count, mean in results.options(question)
    ]
    return f"{head}<p>{said}</p>" + _table(
        ["", "option", "chosen by", "their mean total", ""], rows
    )


def _beliefs(results: ClassResults) -> Iterator[str]:
    rows = [
        [f"<code>{e.id}</code>", render.escape(_named(results, name)), str(count)]
        for e in results.module.exercises
        for name, count in results.beliefs(e).most_common()
    ]
    if rows:
        yield "<h2>What they believed</h2>"
        yield _table(["exercise", "misconception", "learners"], rows)


def _named(results: ClassResults, belief: str) -> str:
    return results.module.misconceptions[belief].name


def _stuck(results: ClassResults) -> Iterator[str]:
    rows = [
        [render.escape(x.name), ", ".join(f"<code>{e.id}</code>" for e in left)]
        for x, left in results.stuck()
    ]
    if rows:
        yield "<h2>Who is stuck</h2>"
        yield _table(["learner", "tried and not passed"], rows)


def _alike(results: ClassResults) -> Iterator[str]:
    found = pairs(results)
    if found:
        yield (
            "<h2>Answers alike</h2><p>The same code but for names, comments and "
            "layout. Two people can find the same answer: look before you judge.</p>"
        )
    yield from (_side_by_side(results, pair) for pair in found)


def _side_by_side(results: ClassResults, pair: Pair) -> str:
    texts = {x.name: x.answers for x in results.learners}
    names = ", ".join(pair.exercises)
    both = "".join(
        f'<p><code>{name}</code></p><div class="pair">'
        + "".join(
            f"<pre>{render.escape(texts[who].get(name, ''))}</pre>"
            for who in (pair.first, pair.second)
        )
        + "</div>"
        for name in pair.exercises
    )
    said = render.escape(f"{pair.first} and {pair.second}: {names}")
    return f"<details><summary>{said}</summary>{both}</details>"


def _figure(results: ClassResults) -> str:
    """Totals as a histogram beside facility by exercise, as a picture in the page."""
    import matplotlib
    from matplotlib.figure import Figure

    most, found = results.module.points, results.exercises()
    with matplotlib.rc_context(style.RC):
        figure = Figure(figsize=(10, 0.32 * len(found) + 1.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.hist(results.totals, bins=np.linspace(0, most, 11), color=style.BLUE)
        left.set(title="Points", xlabel=f"of {most:g}", ylabel="learners")
        left.yaxis.get_major_locator().set_params(integer=True)
        names = [exercise.id for exercise, _ in found][::-1]
        shares = [100 * item.facility for _, item in found][::-1]
        right.barh(names, shares, color=style.GREEN)
        right.set(title="Facility", xlabel="mean share of the points, %", xlim=(0, 100))
        right.grid(axis="y", visible=False)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=110)
    data = base64.b64encode(out.getvalue()).decode()
    said = ", ".join(f"{e.id} {i.facility:.0%}" for e, i in found)
    alt = render.escape(f"Facility by exercise: {said}")
    return f'<figure><img alt="{alt}" src="data:image/png;base64,{data}"></figure>'
