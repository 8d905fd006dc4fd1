"""What a learner built is found in their notebooks and run in the demo."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from coursekit.core.course import Course
from coursekit.learn.learner_builds import NOTHING, mine
from session1 import demo_runner
from session1.demo.knowledge_changes import run
from session1.demo.part import YOURS, Context, Mine, Section
from session1.demo.replay import long_talks, replay
from session1.knowledge import KnowledgeBase

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]
MODULE = "02_memory"
EVERY = "running_total, rank, pack, bounded, keep, agent"
FAST = ["--quick", "--llm", "simulated"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one module whose notebook a learner has solved."""
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    add(tmp_path, MODULE)
    return Course(tmp_path)


def add(root, module):
    """Put a module there whose notebook a learner has solved."""
    wanted = shutil.ignore_patterns("bank", "__pycache__")
    sources = root / "solutions" / module
    shutil.copytree(TOP / "solutions" / module, sources, ignore=wanted)
    shutil.copytree(TOP / "course" / module, root / "course" / module)
    shutil.copy(sources / f"{module}.ipynb", root / "course" / module)


def change(course, module=MODULE, **answers):
    """Put other text into answer cells; None takes the cell away."""
    path = course.release(module) / f"{module}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))

    def name(cell):
        return cell["metadata"].get("nbgrader", {}).get("grade_id")

    cells = [c for c in notebook["cells"] if answers.get(name(c), "") is not None]
    for cell in cells:
        if name(cell) in answers:
            cell["source"] = answers[name(cell)]
    path.write_text(json.dumps(notebook | {"cells": cells}), "utf-8")


def outcome(found):
    return replay(found.makers["memory"], long_talks(1)[0])


def test_a_solved_notebook_makes_a_memory(course):
    found = mine(course)
    assert found.notes == ()
    done = outcome(found)
    assert all(look.context_chars <= 2000 and look.in_order for look in done.looks)
    assert max(look.reported_bytes for look in done.looks) <= 104_858
    assert not (course.release(MODULE) / "answers.json").exists()


def test_the_reference_stands_in_for_what_is_open(course):
    change(course, bounded="class Bounded:\n    pass  # ____", keep=None)
    found = mine(course)
    still, stand_ins = found.notes
    assert "not solved yet: bounded, keep. Next: bounded, “" in still
    assert stand_ins == f"{MODULE}: the reference stands in for Bounded, keep"
    assert max(look.reported_bytes for look in outcome(found).looks) <= 104_858


def test_without_the_agent_there_is_nothing_to_run(course):
    change(course, agent="class MemoryAgent:\n    pass  # ____")
    found = mine(course)
    assert found.makers == {} and "not solved yet: agent. Next" in found.notes[0]


def test_helper_files_of_one_name_do_not_clash(course):
    other = "04_response"
    add(course.root, other)
    for module, name in ((MODULE, "ours"), (other, "theirs")):
        helper = course.release(module) / "helper.py"
        helper.write_text(f"def {name}():\n    return __file__\n", "utf-8")
        cells = json.loads((course.release(module) / f"{module}.ipynb").read_text())
        agent = next(
            "".join(cell["source"])
            for cell in cells["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "agent"
        )
        change(course, module, agent=f"from helper import {name}\n\n\n{agent}")
    before = dict(sys.modules)
    found = mine(course)
    assert found.notes == () and set(found.makers) == {"memory", "response"}
    own = ("alike", "helper", "start_04")
    assert [sys.modules.get(name) for name in own] == [before.get(name) for name in own]


def test_an_untouched_notebook_says_where_to_begin(course):
    shutil.copy(TOP / "course" / MODULE / f"{MODULE}.ipynb", course.release(MODULE))
    found = mine(course)
    assert found.makers == {}
    assert f"not solved yet: {EVERY}. Next: running_total" in found.notes[0]
    assert found.notes[1:] == (NOTHING,)


def test_a_copy_without_solutions_has_yours_too(course):
    shutil.rmtree(course.root / "solutions")
    assert list(mine(course).makers) == ["memory"]
    shutil.copy(TOP / "course" / MODULE / f"{MODULE}.ipynb", course.release(MODULE))
    found = mine(course)
    assert found.makers == {}, "what was handed out, naive as it is, is not yours"
    assert f"not solved yet: {EVERY}" in found.notes[0]


def test_an_answer_that_does_not_run_is_named(course):
    change(course, rank="x = 1\nraise KeyError('oops')", keep="def keep(:")
    rank, keep, stand_ins = mine(course).notes
    assert stand_ins.endswith("stands in for rank, keep")
    assert "rank: KeyError: 'oops', at your line 2" in rank
    assert "keep: SyntaxError" in keep and "line 1" in keep


def test_an_order_that_makes_no_sense_is_named(course):
    change(course, pack='order = "ZZ"')
    found = mine(course)
    assert found.makers == {} and "there is no line Z" in found.notes[0]


def test_an_error_while_it_runs_names_the_answer_and_its_line(course):
    change(course, rank="def rank(entries):\n    return entries[10_000]\n")
    found = mine(course)
    with pytest.raises(IndexError) as error:
        outcome(found)
    told = found.tell(error.value)
    assert told.startswith("02_memory: rank: IndexError")
    assert "at your line 2: return entries[10_000]" in told


def test_without_a_notebook_it_says_so(course):
    (course.release(MODULE) / f"{MODULE}.ipynb").unlink()
    found = mine(course)
    assert found.makers == {} and "Cannot open" in found.notes[0]


def test_it_works_without_the_solutions(course):
    shutil.rmtree(course.root / "solutions")
    found = mine(course)
    assert found.notes == ()
    assert all(look.context_chars <= 2000 for look in outcome(found).looks)


def test_a_folder_without_its_parts_is_named(course):
    (course.source(MODULE) / "parts.py").unlink()
    (course.release(MODULE) / "parts.py").unlink()
    found = mine(course)
    assert found.makers == {} and "no parts.py" in found.notes[0]


def test_a_module_without_a_recipe_is_left_out(course):
    (course.source(MODULE) / "mine.py").unlink()
    assert (mine(course).makers, mine(course).notes) == ({}, (NOTHING,))


class Compares:
    """A part that asks every maker for a number."""

    TITLE = "A part"

    def run(self, context: Context):
        makers = context.with_yours("memory", {"naive": list, "ours": dict})
        found = context.each("numbers", makers, lambda make: len(make()))
        yield Section("numbers", found, ", ".join(found))


@pytest.mark.parametrize(
    ("make", "names"), [(list, ["naive", YOURS, "ours"]), (int, ["naive", "ours"])]
)
def test_yours_stands_between_and_may_fail(monkeypatch, capsys, make, names):
    monkeypatch.setitem(sys.modules, "session1.demo.memory", Compares())
    command = [*FAST, "--only", "memory", "--json", "--mine"]
    assert (
        demo_runner.main(command, lambda parts: Mine({parts[0]: make}, ("hello",))) == 0
    )
    result = json.loads(capsys.readouterr().out)
    assert list(result["memory"]["numbers"]) == names
    failed = [note for note in result["notes"] if "yours stopped" in note]
    assert result["notes"] == ["hello", *failed]
    assert len(failed) == (YOURS not in names)


def test_every_solved_module_takes_part(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    wanted = shutil.ignore_patterns("bank", "__pycache__")
    modules = [p.parent.name for p in TOP.glob("solutions/*/mine.py")]
    for place in ("solutions", "course"):
        for name in modules:
            shutil.copytree(
                TOP / "solutions" / name, tmp_path / place / name, ignore=wanted
            )
    found = mine(Course(tmp_path))
    assert found.notes == ()
    assert len(found.makers) == len(Course(tmp_path).modules)
    assert list(mine(Course(tmp_path), ["tools"]).makers) == ["tools"]


def test_notes_on_an_index_find_messages_after_changes(course):
    shutil.rmtree(course.root / "solutions" / MODULE)
    shutil.rmtree(course.root / "course" / MODULE)
    add(course.root, "07_retrieval")
    found = mine(course)
    assert found.notes == ()
    texts = [f"message {n} about {n % 7} apples" for n in range(60)]
    base = KnowledgeBase()
    base.add([str(n) for n in range(60)], texts)
    recall, deleted, old, _ = run(found.makers["knowledge"], texts, ["pears"], base)
    assert (recall, deleted, old) == (1.0, 0, 0)


def test_notes_that_are_not_there_yet_are_named_once(course):
    add(course.root, "07_retrieval")
    change(course, "07_retrieval", stale="class Notes:\n    x = ____")
    (note,) = mine(course).notes
    assert note.startswith("07_retrieval: not solved yet: stale. Next: stale")
