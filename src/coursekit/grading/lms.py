"""Scores in the CSV files that Canvas and Moodle import.

Source: what their importers read, `lib/gradebook_importer.rb` of Canvas and
`grade/import/csv/classes/load_data.php` of Moodle.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.grading.booked import Booked

Scores = Mapping[str, Mapping[str, Booked]]  # by module, then by student
PERCENT = 100.0  # the most that Moodle takes, unless a site allows more


@dataclass(frozen=True, slots=True)
class Student:
    """A row of the roster; all but the id may be empty."""

    id: str
    last: str = ""
    first: str = ""
    email: str = ""

    @property
    def sortable(self) -> str:
        """`Lovelace, Ada`; the id where there is no name."""
        return ", ".join(filter(None, (self.last, self.first))) or self.id


def canvas(students: Sequence[Student], scores: Scores, exercises: bool = False) -> str:
    """Points by module for Canvas's gradebook, also by exercise if wanted.

    Canvas finds a student by the login, which is the id here. A column without an
    assignment of its title makes a new one. Who handed in nothing has no score.
    """
    columns = [(name, "") for name in scores]
    if exercises:
        columns += [
            (name, exercise)
            for name, by_student in scores.items()
            for exercise in _exercises(by_student)
        ]
    titles = [" ".join(filter(None, column)) for column in columns]
    most = [_most(scores[name], exercise) for name, exercise in columns]
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    rows = [
        [spreadsheet_text(s.sortable), "", "", spreadsheet_text(s.id), ""]
        + [_points(scores[name].get(s.id), exercise) for name, exercise in columns]
        for s in students
    ]
    return to_csv([[*head, *titles], ["    Points Possible", *[""] * 4, *most], *rows])


def moodle(
    students: Sequence[Student], scores: Scores, reasons: Mapping[tuple[str, str], str]
) -> str:
    """Percent by module for Moodle's import, each with its feedback.

    On upload, `username` is mapped to the username and each module to a grade item or
    to a new one. `reasons` has the feedback by module and student.
    """
    head = ["username", "email"]
    for name in scores:
        head += [name, f"{name} feedback"]
    rows = [
        [spreadsheet_text(s.id), spreadsheet_text(s.email)]
        + [
            cell
            for name, by_student in scores.items()
            for cell in (_percent(by_student.get(s.id)), reasons.get((name, s.id), ""))
        ]
        for s in students
    ]
    return to_csv([head, *rows])


def _exercises(by_student: Mapping[str, Booked]) -> list[str]:
    return sorted({name for found in by_student.values() for name in found.exercises})


def _most(by_student: Mapping[str, Booked], exercise: str) -> str:
    found = [
        b.worth.get(exercise, 0.0) if exercise else b.most for b in by_student.values()
    ]
    return f"{max(found, default=0.0):g}"


def _points(found: Booked | None, exercise: str) -> str:
    if found is None:
        return ""
    score = found.exercises.get(exercise) if exercise else found.score
    return "" if score is None else f"{score:g}"


def _percent(found: Booked | None) -> str:
    if found is None or not found.most:
        return ""
    return f"{min(PERCENT, round(PERCENT * found.score / found.most, 2)):g}"


def spreadsheet_text(text: str) -> str:
    """Escape text so that a spreadsheet shows it and runs no formula."""
    return f"'{text}" if text.startswith(tuple("=+-@\t\r")) else text


def to_csv(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
