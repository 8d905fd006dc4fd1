"""A record of each grading, with enough in it to grade the same again."""

import base64
import dataclasses
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coursekit.core.answers_file import FILE as ANSWERS
from coursekit.core.course import Course, CourseError
from coursekit.core.report import EMPTY
from coursekit.grading import intake
from coursekit.grading.atomic_files import read_json, write_json
from coursekit.grading.digest import source_digest, versions
from coursekit.grading.grade_one import Graded, grade_submission
from coursekit.grading.intake import Submission, grading_folder
from coursekit.judge.learner_end import SEED
from coursekit.sandbox.bwrap import ENV
from coursekit.sandbox.limits import Limits

KEPT = 100_000  # bytes of a learner's file that are kept in the record


def path(course: Course, student: str, module: str) -> Path:
    """The path of a submission's record."""
    return grading_folder(course) / "audit" / student / f"{module}.json"


def record(
    submission: Submission, graded: Graded, limits: Limits, digest: str, source: str
) -> dict[str, Any]:
    """The cells that ran, versions, results, and the time each part took."""
    module = graded.module
    return {
        "student": submission.student,
        "module": module.name,
        "digest": digest,
        "source": source,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": dict(versions()),
        "limits": dataclasses.asdict(limits),
        "seeds": {"random": SEED, "numpy": SEED, "hash": int(ENV["PYTHONHASHSEED"])},
        "score": graded.score,
        "max": module.points,
        "reports": [r.to_json() for r in graded.reports],
        "files": {name: _file(data) for name, data in intake.files(submission.folder)},
        **graded.audit,
    }


def _file(data: bytes) -> dict[str, str | None]:
    kept = base64.b64encode(data).decode() if len(data) <= KEPT else None
    return {"sha256": hashlib.sha256(data).hexdigest(), "data": kept}


def scores(record: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    """Points and status by exercise, as a record tells them."""
    rows = record.get("reports", [])
    return {r["exercise"]: (float(r["score"]), str(r["status"])) for r in rows}


def problem(record: Mapping[str, Any]) -> str:
    """Why nothing at all was graded: no notebook, none that can be read, no answers."""
    rows = record.get("reports", [])
    if not rows or any(r["status"] != EMPTY or r["criteria"] for r in rows):
        return ""
    whys = {str(r["note"]) for r in rows}
    # each has a reason of its own where all answer cells lost their ids
    none = "none of its answer cells is there: take a fresh copy and paste the answers"
    return whys.pop() if len(whys) == 1 else none


@dataclass(frozen=True)
class Replay:
    """A grade and the same graded anew, by exercise; what differs in the course."""

    then: dict[str, tuple[float, str]]
    now: dict[str, tuple[float, str]]
    changed: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether points and statuses are the same."""
        return self.then == self.now


def replay(course: Course, file: Path) -> Replay:
    """Grade again what a record holds; CourseError unless `file` is a record."""
    old = read_json(file)
    try:
        module, then = str(old["module"]), scores(old)
        limits, cells, files = Limits(**old["limits"]), old["cells"], old["files"]
    except (KeyError, TypeError, ValueError) as error:
        why = f"{file} is no record of a grade: name a file in grading/audit/."
        raise CourseError(why) from error
    with tempfile.TemporaryDirectory(prefix="coursekit-") as place:
        folder = Path(place) / module
        folder.mkdir()
        missing = _lay_out(folder, cells, files)
        if answers := old.get("answers"):  # the notebook's outputs held some of them
            (folder / ANSWERS).write_text(str(answers), encoding="utf-8")
        notebook = folder / f"{module}.ipynb"
        graded = grade_submission(course, module, notebook, limits=limits)
    now = {r.exercise: (r.score, r.status) for r in graded.reports}
    return Replay(then, now, (*_changed(course, old), *missing))


def _lay_out(folder: Path, cells: list[Any], files: dict[str, Any]) -> list[str]:
    """Write the submission anew; the files that the record does not hold."""
    notebook = {"cells": [_cell(*cell) for cell in cells], "nbformat": 4}
    write_json(folder / f"{folder.name}.ipynb", notebook)
    for name, kept in files.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise CourseError(f"The record names a file outside its folder: {name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(kept["data"] or ""))
    return [name for name, kept in files.items() if kept["data"] is None]


def _cell(kind: str, text: str, grade_id: str, id: str) -> dict[str, Any]:
    meta = {"nbgrader": {"grade_id": grade_id}}
    return {"cell_type": kind, "source": text, "id": id, "metadata": meta}


def _changed(course: Course, old: dict[str, Any]) -> list[str]:
    """List what has changed since then."""
    now, then = versions(), old.get("versions", {})
    changed = [name for name in now if now[name] != then.get(name)]
    if source_digest(course, old["module"]) != old.get("source"):
        changed.append(f"the sources of {old['module']}")
    return changed


def keep(course: Course, record: dict[str, Any]) -> None:
    """Save a record in place of the one before."""
    write_json(path(course, record["student"], record["module"]), record, indent=1)
