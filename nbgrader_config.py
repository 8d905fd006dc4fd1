"""nbgrader for this course: `nbgrader <command> 02_memory` from this folder."""

import glob
import os
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# nbgrader starts `alembic` by its name, which must be the one next to this Python
SCRIPTS = sysconfig.get_path("scripts")
if SCRIPTS not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([SCRIPTS, os.environ.get("PATH", "")])
# nbgrader opens the gradebook before it makes any folder of its own
(ROOT / "grading").mkdir(exist_ok=True)

c = get_config()  # noqa: F821  (nbgrader puts it in this file's names)

c.CourseDirectory.root = str(ROOT)
# the name under which nbgrader opens a gradebook: a PostgreSQL server insists on one
c.CourseDirectory.course_id = "default_course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.solution_directory = "grading/solution"
c.CourseDirectory.source_with_tests_directory = "grading/source_with_tests"
c.CourseDirectory.db_url = f"sqlite:///{ROOT / 'grading' / 'gradebook.db'}"

# Never copied, neither to learners nor beside a submission. module.toml reaches the
# release stripped of its answers through the hook below and goes on to the exchange,
# so only the folders that it must not be copied from are named here, as nbgrader writes
# them. A learner's answers.json is not in this list: it holds the quiz answers and
# travels with the submission.
HERE = glob.escape(str(ROOT))
c.CourseDirectory.ignore = [
    "checks.py",
    "bank",
    f"{HERE}/solutions/./*/module.toml",
    f"{HERE}/solutions/./*/answers.json",
    f"{HERE}/grading/submitted/*/*/module.toml",
    "answers.json.*",
    ".*",
    "*.pyc",
    "__pycache__",
    "feedback",
]
# nbgrader's own list and ours: saved state goes, stubs come behind ClearSolutions
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "coursekit.author.stubs.Strip",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "coursekit.author.stubs.PutStubs",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateAssignment.exporter_class = "coursekit.author.convert.Checked"
c.GenerateAssignment.post_convert_hook = (
    "coursekit.author.release.write_stripped_module"
)

c.ClearSolutions.code_stub = {"python": "# your code here\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"

# What was handed in is looked through, rebuilt from the source, run in a sandbox and
# judged from outside; nbgrader itself saves scores, penalties and comments.
c.Autograde.pre_convert_hook = "coursekit.grading.nbgrader_hooks.admit"
c.Autograde.exporter_class = "coursekit.grading.nbgrader_hooks.Rebuilt"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "coursekit.grading.nbgrader_hooks.Judged",
    "nbgrader.preprocessors.LimitOutput",
    "coursekit.grading.nbgrader_hooks.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.GenerateFeedback.exporter_class = "coursekit.grading.feedback_page.FeedbackPage"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]

# for `nbgrader validate`, which learners run on their own machine
c.Execute.timeout = 60  # seconds a cell
c.Execute.startup_timeout = 120
c.Execute.interrupt_on_timeout = True

c.CsvExportPlugin.to = "grading/grades.csv"
