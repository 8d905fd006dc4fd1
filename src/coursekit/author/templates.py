"""The texts of a new module, exercise or question, with FILL_IN for the author's part.

Every text can be read as it is: as Python, TOML or Markdown. What stands here is the
form that `coursekit verify` asks for.
"""

import json
from dataclasses import dataclass

from coursekit.core.module import Exercise

CATALOGUED = "FILL_IN: an id of solutions/misconceptions.toml"
FUNCTIONS = ("write", "fill", "fix", "test")  # kinds whose answer is a function
BANKED = (*FUNCTIONS, "trace", "parsons", "tune")

MODULE = """\
title = "FILL_IN: the module's title"
minutes = 10

[[objectives]]
id = "{objective}"
text = "FILL_IN: what a learner can do afterwards"
"""
CHECKS = '''\
"""How the exercises of {module} are graded."""

from collections.abc import Mapping
from typing import Any

from coursekit.check.check import Check

Names = Mapping[str, Any]
'''
TITLE = """\
# FILL_IN: the module's title

FILL_IN: what goes wrong without it, with a figure that the code below produces."""
SETUP = """\
from coursekit import (
    answer,
    assemble,
    hint,
    parsons,
    predict,
    progress,
    quiz,
    reveal,
    setup,
    tests,
)

setup("{module}")"""

HINTS = """\
hints = [
    "FILL_IN: a nudge",
    "FILL_IN: the approach",
    "FILL_IN: nearly the code",
]
explanation = "FILL_IN: why the solution works, for after solving"
"""
TABLES = {
    "parsons": """\
lines = [
    "def {id}(FILL_IN):",
    "    return FILL_IN",
]
distractors = ["    FILL_IN: a line that belongs to no right order"]
""",
    "report": """\
rubric = [
    "FILL_IN: what earns them: {points}",
]
""",
}
# what learners start from; an exercise without one has marks in its answer cell
STUBS = {
    "predict": '{id} = None  # put your number in place of None\npredict("{id}", {id})',
    "trace": "{id} = ...  # FILL_IN: what it is, and its unit",
    "parsons": "order = ...  # the letters of the lines, in order",
    "fill": "def {id}(FILL_IN):\n    return ____  # FILL_IN: the code and its blanks",
    "fix": "def {id}(FILL_IN):\n    return FILL_IN  # FILL_IN: the code with its fault",
    "tune": '{id} = {{"FILL_IN: a setting": ...}}',
    "report": "*Write your answer here, in place of this line.*",
    "quiz": '# answer("q1", "A")  # only where the quiz above cannot be clicked',
}
MARKED = '''\
def {id}(FILL_IN):
    """FILL_IN: {does}."""
    ### BEGIN SOLUTION
    {body}
    ### END SOLUTION'''
ANSWERS = {
    "predict": '{id} = FILL_IN  # a guess that learners make\npredict("{id}", {id})',
    "trace": "{id} = FILL_IN  # the right one, and why",
    "parsons": 'order = "FILL_IN"  # the letters of the lines, in order',
    "tune": '{id} = {{"FILL_IN: a setting": FILL_IN}}',
    "report": "FILL_IN: an answer that earns all points",
}
FUNCTION = "def {id}(FILL_IN):\n    return FILL_IN"

ASKS = {
    "predict": "FILL_IN: which figure to guess. A wrong guess is worth more than none.",
    "trace": "FILL_IN: which values to write, and in which form.",
    "parsons": "FILL_IN: what the function does. Put its lines in order.",
    "fill": "FILL_IN: what the function does. Fill in the blanks (`____`).",
    "fix": "FILL_IN: what is wrong, and every promise that the repaired code keeps.",
    "write": "FILL_IN: what to write, and every promise that it keeps.",
    "test": "FILL_IN: the promises. Write a test that raises `AssertionError` for code "
    "that breaks one, and nothing for code that keeps them.",
    "tune": "FILL_IN: the settings, and the targets that they have to reach.",
    "report": "FILL_IN: what to write, for whom, and how long. A person reads it, and "
    "gives points by this list:\n\n* FILL_IN: what earns them: {points}",
    "quiz": "Click an answer. It is saved at once, and you may change it.",
}
SHOWN = {"parsons": 'parsons("{id}")', "quiz": 'quiz("{id}")'}  # above the answer cell
REVEAL = 'reveal("{id}", FILL_IN)  # the figure, measured'  # below a prediction
TEST = """\
with tests("{id}") as t:
{body}
### BEGIN HIDDEN TESTS
from coursekit import grade

grade("{id}")
### END HIDDEN TESTS"""
TESTS = {
    "predict": '    t.predicted("{id}")',
    "trace": "    right = FILL_IN  # computed, so that it cannot be read here\n"
    '    t.true({id} == right, "FILL_IN: what it is", got={id})',
    "parsons": '    made = {{}}\n    exec(assemble("{id}", order), made)\n'
    '    t.equal(made["{id}"](FILL_IN), FILL_IN, "FILL_IN: a promise")',
    "test": '    t.quiet(lambda: {id}(FILL_IN), "quiet for code that is right")\n'
    "    t.raises(\n        AssertionError,\n        lambda: {id}(FILL_IN),\n"
    '        "loud for code that FILL_IN: breaks a promise",\n    )',
    "tune": '    t.at_most(FILL_IN, FILL_IN, "FILL_IN: what {id} costs, counted")',
    "quiz": "    t.answered()",
}
CALLED = '    t.equal({id}(FILL_IN), FILL_IN, "FILL_IN: a promise")'

TYPED, PLAIN = "(ns: Names, check: Check) -> None", "(ns, check)"
HEAD = f'''\
def {{id}}{TYPED}:
    """{{points}}: FILL_IN: what earns them."""
'''
PROMISES = """\
    for name, given, right in [
        ("FILL_IN: a promise", FILL_IN, FILL_IN),
        ("FILL_IN: another promise", FILL_IN, FILL_IN),
    ]:
        with check.part(name, {half}):
"""
GRADED = {
    "predict": '    check.predicted("{id}", {max})\n',
    "trace": '    right, look = FILL_IN, "FILL_IN: where to look"\n'
    '    check.close("FILL_IN: what it is", {max}, ns["{id}"], right, look=look)\n',
    "parsons": "    from coursekit.check.parsons import assemble\n\n"
    + PROMISES
    + "            made = {{}}\n"
    '            exec(assemble("{id}", ns["order"]), made)\n'
    '            got = check.call(made["{id}"], given)\n'
    "            check.equal(name, {half}, got, right, given=given)\n",
    "tune": '    cost = FILL_IN  # what ns["{id}"] costs, counted and never clocked\n'
    "    goal = FILL_IN  # all points up to here\n"
    '    check.at_most("FILL_IN: the target", {max}, cost, full=goal, zero=FILL_IN)\n',
    "test": """\
    from coursekit.check.shuffled_trials import verdicts

    def right(FILL_IN):
        return FILL_IN

    broken = {{
        "FILL_IN: breaks a promise": lambda FILL_IN: FILL_IN,
        "FILL_IN: breaks another": lambda FILL_IN: FILL_IN,
    }}

    def verdict(version):
        try:
            check.call(ns["{id}"], version)
        except AssertionError:
            return "AssertionError"
        return ""

    alarm, said = verdicts(check, verdict, [right], broken)
    for name in broken:  # a false alarm catches nothing
        got = f"{{alarm}} for code that is right" if alarm else said[name]
        caught = bool(said[name]) and not alarm
        check.true(f"catches code that {{name}}", {half}, caught, got=got or "nothing")
""",
}
COMPARED = (
    PROMISES
    + """\
            got = check.call(ns["{id}"], given)
            check.equal(name, {half}, got, right, given=given)
"""
)

PREDICTION = """\
[[predictions]]
id = "{id}"
prompt = "FILL_IN: which figure to guess"
unit = "FILL_IN: its unit"
"""
OPTIONS = {
    False: f"""\
[[quiz.options]]
text = "FILL_IN: a wrong answer"
feedback = "FILL_IN: why it is wrong"
misconception = "{CATALOGUED}"
""",
    True: """\
[[quiz.options]]
text = "FILL_IN: the right answer"
feedback = "FILL_IN: why it is right"
""",
}


@dataclass(frozen=True)
class Form:
    """The decisions about an exercise that come before its content."""

    id: str
    kind: str
    title: str
    objective: str
    points: float = 2
    difficulty: int = 2
    minutes: float = 3
    core: bool = False

    @property
    def heading(self) -> str:
        """The heading of its section."""
        return f"## {'★ ' if self.core else ''}{self.title}"


def table(form: Form) -> str:
    """Its table in module.toml."""
    core = "core = true\n" if form.core else ""
    stub = STUBS.get(form.kind, "")
    return (
        f'[[exercises]]\nid = "{form.id}"\ntitle = {quoted(form.title)}\n'
        f'kind = "{form.kind}"\nobjective = {quoted(form.objective)}\n'
        f"points = {form.points:g}\ndifficulty = {form.difficulty}\n"
        f"minutes = {form.minutes:g}\n{core}section = {quoted(form.title)}\n{HINTS}"
        + TABLES.get(form.kind, "").format(id=form.id, points=_points(form.points))
        + (f"stub = '''\n{stub.format(id=form.id)}\n'''\n" if stub else "")
    )


def facts(exercise: Form | Exercise) -> str:
    """The line above a task: what it is and what it earns."""
    dots = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    what = f"{exercise.kind} · {_points(exercise.points)} · difficulty {dots}"
    return f"**Exercise `{exercise.id}`** · {what}"


def ask(form: Form) -> str:
    """The text that sets the task."""
    task = ASKS[form.kind].replace("{points}", _points(form.points))
    return f"{facts(form)} · {_minutes(form.minutes)}\n\n{task}"


def answer(form: Form) -> str:
    """The answer cell of the source notebook."""
    if form.kind == "write":
        does, body = "what it returns", "return FILL_IN"
    elif form.kind == "test":
        does, body = "which code it refuses", "assert FILL_IN"
    else:
        return ANSWERS.get(form.kind, FUNCTION).format(id=form.id)
    return MARKED.format(id=form.id, does=does, body=body)


def tested(form: Form) -> str:
    """The cell with the visible tests and the hidden grade."""
    return TEST.format(id=form.id, body=TESTS.get(form.kind, CALLED).format(id=form.id))


def check(form: Form, *, typed: bool) -> str:
    """Its function in checks.py; `typed` where that names the types."""
    head = HEAD if typed else HEAD.replace(TYPED, PLAIN)
    body = head + GRADED.get(form.kind, COMPARED)
    most, half = f"{form.points:g}", f"{form.points / 2:g}"
    return body.format(id=form.id, points=_points(form.points), max=most, half=half)


def bank(form: Form) -> dict[str, str]:
    """One right and four wrong submissions by file name."""
    if form.kind not in BANKED:
        return {}
    code = ANSWERS.get(form.kind, FUNCTION).partition("  #")[0].format(id=form.id)
    gap = "\n\n" if form.kind in FUNCTIONS else "\n"
    wrong = f'"""misconception: {CATALOGUED}\nfails: FILL_IN: its criteria\n"""\n'
    found = {f"wrong_{n}.py": f"{wrong}{gap}{code}\n" for n in range(1, 5)}
    return {"right_1.py": f'"""FILL_IN: another right way"""\n{gap}{code}\n', **found}


def question(
    name: str, quiz: str, objective: str, right: str, *, earlier: bool = False
) -> str:
    """A question whose right answer has the letter `right`, of four."""
    return (
        f'[[quiz]]\nid = "{name}"\nexercise = "{quiz}"\n'
        f"objective = {quoted(objective)}\n"
        + ("earlier = true\n" if earlier else "")
        + f'section = "FILL_IN: the heading {"of an earlier module " * earlier}'
        f'that answers it"\nprompt = "FILL_IN: the question"\nanswer = "{right}"\n'
        + "".join(OPTIONS[letter == right] for letter in "ABCD")
    )


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def _points(points: float) -> str:
    return f"{points:g} point{'s' * (points != 1)}"


def _minutes(minutes: float) -> str:
    known = {0.5: "about half a minute", 1: "about a minute"}
    return known.get(minutes, f"about {minutes:g} minutes")
