"""Make the files of a new module, exercise or question; nothing is written here."""

import ast
import itertools
import keyword
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursekit.author import templates
from coursekit.author.finding import first_of
from coursekit.author.sources import unreadable
from coursekit.author.stubs import KERNEL
from coursekit.author.templates import Form
from coursekit.author.unfilled import TOKEN
from coursekit.check.hidden_checks import FILE as CHECKS
from coursekit.core.course import SOURCE, Course, CourseError
from coursekit.core.module import FILE, KINDS, REPORT, Exercise, Module, load
from coursekit.core.notebook import grader, is_solution, read_source

Files = dict[Path, str]
MODULE_NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")
EXERCISE_NAME = re.compile(r"[a-z][a-z0-9_]*")
TABLES = ("objectives", "predictions", "exercises", "quiz")  # as a file has them
END = "### END SOLUTION"


def new_module(course: Course, name: str) -> Files:
    """The files of a module with an objective, a quiz and no exercise yet."""
    if not (course.root / SOURCE).is_dir():
        raise CourseError("This copy has no solutions/: new modules are written there.")
    if not MODULE_NAME.fullmatch(name):
        raise CourseError(
            f"{name!r} is not a module's name: write two digits and a word, 10_topic."
        )
    number, _, topic = name.partition("_")
    for other in sorted(p.name for p in (course.root / SOURCE).iterdir()):
        if other.startswith(f"{number}_"):
            raise CourseError(f"{SOURCE}/{other} exists: take another number.")
    folder = course.source(name)
    form = Form("quiz", "quiz", "Quiz", topic, points=2, difficulty=1, minutes=1)
    asked = [templates.question("q1", "quiz", topic, "B")]
    if any(other < name for other in course.modules):
        asked.append(templates.question("q2", "quiz", topic, "D", earlier=True))
    cells = [
        _core(new_markdown_cell(templates.TITLE, id="title")),
        _core(new_code_cell(templates.SETUP.format(module=name), id="setup")),
        *_cells(form, "\n".join(map(_answered, asked)), set()),
    ]
    kernel = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    toml = [templates.MODULE.format(objective=topic), templates.table(form), *asked]
    return {
        folder / CHECKS: templates.CHECKS.format(module=name),
        folder / f"{name}.ipynb": _dump(new_notebook(cells=cells, metadata=kernel)),
        folder / FILE: "\n".join(toml),
    }


def new_exercise(course: Course, name: str, kind: str, **how: Any) -> Files:
    """The files of a module with one exercise more: `how` is what a Form takes."""
    if kind not in KINDS:
        raise CourseError(f"There is no kind {kind!r}: use one of {', '.join(KINDS)}.")
    where, dot, id = name.partition(".")
    if not dot:
        raise CourseError(f"Write the module too: 02_memory.{name or 'first_words'}.")
    module, notebook = _opened(course, where)
    if not EXERCISE_NAME.fullmatch(id) or keyword.iskeyword(id) or id == "prepare":
        raise CourseError(
            f"{id!r} cannot be the name of an exercise and of its check: write a "
            "Python name in small letters, first_words."
        )
    checks = (module.folder / CHECKS).read_text(encoding="utf-8")
    _untaken(module, notebook, checks, id)
    title = how.pop("title", "") or id.replace("_", " ").capitalize()
    objective = _objective(module, how.pop("objective", "") or "", id)
    form = Form(id, kind, title, objective, **how)
    _sound(form)
    tables: list[tuple[str, str]] = [("exercises", templates.table(form))]
    answers = ""
    if kind == "quiz":
        asked = templates.question(_next(module), id, objective, _letter(module))
        tables.append(("quiz", asked))
        answers = _answered(asked)
    elif kind != REPORT:
        typed = {"Names", "Check"} <= set(_bound(ast.parse(checks)))
        checks = f"{checks.rstrip()}\n\n\n{templates.check(form, typed=typed)}"
    if kind == "predict":
        tables.append(("predictions", templates.PREDICTION.format(id=id)))
    taken = {cell.get("id", "") for cell in notebook.cells}
    place = _before_the_last_quiz(module, notebook)
    notebook.cells[place:place] = _cells(form, answers, taken)
    bank = {
        module.folder / "bank" / id / file: text
        for file, text in templates.bank(form).items()
    }
    return {
        **bank,
        module.folder / CHECKS: checks,
        module.folder / f"{module.name}.ipynb": _dump(notebook),
        module.folder / FILE: _with_tables(module.folder / FILE, tables),
    }


def new_question(
    course: Course,
    name: str,
    *,
    quiz: str = "",
    objective: str = "",
    earlier: bool = False,
) -> Files:
    """The files of a module with one question more, in its last quiz by default."""
    module, notebook = _opened(course, name)
    quizzes = [e.id for e in module.exercises if e.kind == "quiz"]
    if not quizzes:
        todo = f"coursekit new exercise {module.name}.quiz --kind quiz"
        raise CourseError(f"{module.name} has no quiz: `{todo}` makes one.")
    if quiz and quiz not in quizzes:
        raise CourseError(f"There is no quiz {quiz!r}: use {', '.join(quizzes)}.")
    quiz = quiz or quizzes[-1]
    aim = _objective(module, objective, "")
    asked = templates.question(
        _next(module), quiz, aim, _letter(module), earlier=earlier
    )
    for cell in filter(is_solution, notebook.cells):
        if grader(cell)["grade_id"] == quiz:
            inside, end, after = cell.source.partition(END)
            cell.source = f"{inside.rstrip()}\n{_answered(asked)}" + (
                f"\n{end}{after}" if end else ""
            )
    return {
        module.folder / f"{module.name}.ipynb": _dump(notebook),
        module.folder / FILE: _with_tables(module.folder / FILE, [("quiz", asked)]),
    }


def _opened(course: Course, name: str) -> tuple[Module, NotebookNode]:
    """A module whose sources can be read, blanks or not, and its notebook."""
    name = course.named(name)
    if found := unreadable(course, name):
        raise first_of(found)
    folder = course.source(name)
    notebook = read_source(folder / f"{name}.ipynb")
    if notebook.nbformat_minor < 5:  # as cells had no ids
        raise CourseError(f"{name}.ipynb is of an old format: save it in JupyterLab.")
    return load(folder), notebook


def _untaken(module: Module, notebook: NotebookNode, checks: str, id: str) -> None:
    """CourseError when something in the module has this name already."""
    cells = {grader(c).get("grade_id", "") for c in notebook.cells}
    places = {
        FILE: {e.id for e in module.exercises},
        f"{module.name}.ipynb": {name.removeprefix("test_") for name in cells},
        CHECKS: set(_bound(ast.parse(checks))),
        "bank/": {p.name for p in (module.folder / "bank").glob("*")},
    }
    for place, names in places.items():
        if id in names:
            raise CourseError(
                f"{id!r} is taken: {SOURCE}/{module.name}/{place} has it already."
            )


def _bound(tree: ast.Module) -> Iterable[str]:
    """Names that a file binds at its top level."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((a.asname or a.name).split(".")[0] for a in node.names)
        else:
            names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            yield from (n.id for n in names if isinstance(n.ctx, ast.Store))


def _sound(form: Form) -> None:
    if form.points <= 0 or form.minutes <= 0 or not 1 <= form.difficulty <= 5:
        raise CourseError("Points and minutes are above zero, difficulty is 1 to 5.")
    if not form.title.isprintable():
        raise CourseError("A title is one line of text.")


def _objective(module: Module, named: str, exercise: str) -> str:
    """The objective named, or the one that must be meant; else a blank."""
    ids = [o.id for o in module.objectives]
    if named and named not in ids:
        raise CourseError(f"There is no objective {named!r}: use {', '.join(ids)}.")
    meant = exercise if exercise in ids else ids[0] if len(ids) == 1 else ""
    return named or meant or f"{TOKEN}: one of {', '.join(ids)}"


def _next(module: Module) -> str:
    """The id of the next question."""
    numbers = [int(q.id[1:]) for q in module.quiz if re.fullmatch(r"q\d+", q.id)]
    return f"q{max(numbers, default=0) + 1}"


def _letter(module: Module) -> str:
    """The letter that is least often right: choosing one letter must not pay."""
    used = Counter(q.answer for q in module.quiz)
    return min("ABCD", key=lambda letter: used[letter])


def _answered(question: str) -> str:
    """The line of a solution that answers a question."""
    (row,) = tomllib.loads(question)["quiz"]
    return f'answer("{row["id"]}", "{row["answer"]}")'


def _cells(form: Form, answers: str, taken: set[str]) -> list[NotebookNode]:
    """The cells of an exercise; `answers` are a quiz's."""
    base = form.id.replace("_", "-")
    slugs = (f"{base}-{n}" if n > 1 else base for n in itertools.count(1))
    slug = next(s for s in slugs if not taken & {f"test-{s}", *_ids(s)})
    head = form.heading
    if form.kind != "quiz":
        head += f"\n\n{TOKEN}: the idea, with an example worked out"
    cells = [
        new_markdown_cell(head, id=f"{slug}-text"),
        new_markdown_cell(templates.ask(form), id=f"{slug}-ask"),
    ]
    if form.kind in templates.SHOWN:
        shown = templates.SHOWN[form.kind].format(id=form.id)
        cells.append(new_code_cell(shown, id=f"{slug}-shown"))
    if form.kind == REPORT:
        answer = new_markdown_cell(templates.answer(form), id=slug)
        answer.metadata.nbgrader = _mark(form.id, solution=True, points=form.points)
        cells.append(answer)
        return [_core(cell) for cell in cells] if form.core else cells
    answer = new_code_cell(answers or templates.answer(form), id=slug)
    answer.metadata.nbgrader = _mark(form.id, solution=True)
    test = new_code_cell(templates.tested(form), id=f"test-{slug}")
    test.metadata.nbgrader = _mark(f"test_{form.id}", points=form.points)
    cells += [answer, test]
    if form.kind == "predict":
        shown = templates.REVEAL.format(id=form.id)
        cells.append(new_code_cell(shown, id=f"{slug}-reveal"))
    return [_core(cell) for cell in cells] if form.core else cells


def _ids(slug: str) -> list[str]:
    return [slug, *(f"{slug}-{end}" for end in ("text", "ask", "shown", "reveal"))]


def _mark(name: str, *, solution: bool = False, points: float = 0) -> NotebookNode:
    """nbgrader's metadata of an answer cell, a graded one, or one that is both."""
    mark = {"grade": points > 0, "grade_id": name, "locked": not solution}
    whole = int(points) if points == int(points) else points
    more = {"points": whole} if points else {}
    kind = {"schema_version": 3, "solution": solution, "task": False}
    return NotebookNode({**mark, **more, **kind})


def _core(cell: NotebookNode) -> NotebookNode:
    cell.metadata.tags = ["core"]
    return cell


def _before_the_last_quiz(module: Module, notebook: NotebookNode) -> int:
    """Where new cells go: before the section of a quiz that ends the notebook."""
    known = {e.id: e for e in module.exercises}
    marked = [grader(c)["grade_id"] for c in notebook.cells if is_solution(c)]
    last = known.get(marked[-1]) if marked else None
    if last and last.kind == "quiz":
        for index in reversed(range(len(notebook.cells))):
            if _opens(notebook.cells[index], last):
                return index
    return len(notebook.cells)


def _opens(cell: NotebookNode, exercise: Exercise) -> bool:
    """Whether a cell begins with the heading of an exercise's section."""
    first = cell.source.partition("\n")[0]
    heads = cell.cell_type == "markdown" and first.startswith("#")
    return heads and first.lstrip("#").strip("★ ") == exercise.section


def _dump(notebook: NotebookNode) -> str:
    return f"{nbformat.writes(notebook)}\n"


def _with_tables(path: Path, added: Iterable[tuple[str, str]]) -> str:
    """A module.toml and its new tables, each behind the others of its kind.

    The text that is there stays as it is, comments included.
    """
    with path.open(encoding="utf-8-sig") as file:
        text = file.read()
    for key, block in added:
        later = "|".join(TABLES[TABLES.index(key) + 1 :]) or "(?!)"
        place = re.search(rf"^(?:#.*\n)*\[\[(?:{later})\]\]", text, re.M)
        start = place.start() if place else len(text)
        made = f"{text[:start]}{block}\n{text[start:]}"
        wanted = tomllib.loads(text)
        wanted.setdefault(key, []).extend(tomllib.loads(block)[key])
        if not place or _table(made) != wanted:  # the file has another order
            made = f"{text.rstrip()}\n\n{block}"
        text = made
    return text


def _table(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # the place was inside of a text
        return None
