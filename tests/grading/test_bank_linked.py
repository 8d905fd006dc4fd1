"""Every exercise of the course is graded over the link as it is in process."""

from pathlib import Path

import pytest

from coursekit.course import Course
from coursekit.grading.judge_server import Judges
from coursekit.report import Report
from coursekit.verify.bank import SHIPPED, SOLUTION, bank
from coursekit.verify.subject import Subject
from tests.grading.linked import grade_all

COURSE = Course(Path(__file__).parents[2])


@pytest.mark.parametrize("name", COURSE.modules)
def test_solutions_stubs_and_the_bank(name):
    subject = Subject(COURSE, name)
    with Judges(COURSE.root) as judges:
        found = grade_all(subject, judges)
    wrong = []
    for exercise, attempts in found.items():
        tried = {s.path.name: s for s in bank(subject, exercise)}
        for label, (data, _) in attempts.items():
            report = Report.from_json(data)
            if label == SHIPPED:
                ok = report.score == 0
            elif label == SOLUTION or tried[label].right:
                ok = report.status == "passed"
            else:
                # what it declares is what it loses in process: `coursekit verify`
                lost = {c.name for c in report.criteria if not c.full}
                declared = set(tried[label].declared("fails"))
                ok = (lost or {report.status}) == declared
            if not ok:
                wrong.append((exercise, label, report.status, report.reasons))
    assert found and not wrong
