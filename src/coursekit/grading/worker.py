"""A process that grades one submission after another; it ends when its parent does."""

import contextlib
import json
import os
import queue
import sys
import threading
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coursekit.core.course import Course
from coursekit.sandbox.choose import ALLOWED_BY

# by whoever started this process, not by a job
ALLOWED = bool(os.environ.get(ALLOWED_BY))


@dataclass(frozen=True, slots=True)
class Job:
    """A submission to grade, as plain data that crosses processes and machines."""

    root: str
    student: str
    module: str
    folder: str
    digest: str
    source: str
    limits: dict[str, Any]
    unprotected: bool = False


def grade_job(job: dict[str, Any]) -> dict[str, Any]:
    """The record and the graded notebook of a job, or an error of the course's side."""
    from coursekit.grading import audit
    from coursekit.grading.grade_one import grade_submission
    from coursekit.grading.intake import Submission
    from coursekit.sandbox.box import Unavailable
    from coursekit.sandbox.choose import allow_unprotected
    from coursekit.sandbox.limits import Limits

    wanted = Job(**job)
    course = Course(Path(wanted.root))
    submission = Submission(wanted.student, wanted.module, Path(wanted.folder))
    limits = Limits(**wanted.limits)
    allow_unprotected(wanted.unprotected or ALLOWED)
    try:
        graded = grade_submission(
            course, wanted.module, submission.notebook, limits=limits
        )
        digests = wanted.digest, wanted.source
        record = audit.record(submission, graded, limits, *digests)
    except Unavailable as error:
        return {"job": asdict(wanted), "refused": str(error)}
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        return {"job": asdict(wanted), "error": why, "trace": traceback.format_exc()}
    return {"job": asdict(wanted), "record": record, "notebook": graded.notebook}


def main() -> None:
    """Grade the jobs that come as lines on stdin; answers go out as lines."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # what is printed by accident is no answer
        for job in iter(_jobs().get, None):
            print(json.dumps(grade_job(job)), file=out, flush=True)


def _jobs() -> "queue.Queue[dict[str, Any]]":
    """Yield jobs as they come; when stdin closes, the parent is gone and so are we."""
    jobs: queue.Queue[dict[str, Any]] = queue.Queue()

    def read() -> None:
        with contextlib.suppress(ValueError):
            for line in sys.stdin:
                jobs.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return jobs


if __name__ == "__main__":
    main()
