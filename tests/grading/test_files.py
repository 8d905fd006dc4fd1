"""What goes along with a notebook: the course's files first, then what fits."""

import tarfile

from coursekit.grading.grade_one import grade_submission
from coursekit.sandbox.archive import pack
from coursekit.sandbox.limits import MB, Limits
from tests.coursekit.sample_course import NAME

SMALL = Limits(disk=2, file=1)  # of which the submission's own files take half


def test_large_files_cost_neither_the_courses_nor_the_answers(course, hand_in):
    folder = hand_in("ada")
    (folder / "a").mkdir()
    for name in ("a/1.bin", "a/2.bin", "b.bin"):
        (folder / name).write_bytes(b"x" * (MB // 2 - 10_000))
    (folder / "helper.py").write_text("changed")
    (folder / "z.txt").write_text("small")
    path = folder / f"{NAME}.ipynb"
    (folder / "answers.json").write_text(" " * 4_000 + "{}")
    graded = grade_submission(course, NAME, path, limits=SMALL)
    assert graded.score == graded.module.points
    assert graded.audit["left_out"] == ["a/2.bin"]


def test_what_does_not_fit_is_left_out_and_the_rest_is_not(tmp_path):
    sizes = {"a": MB // 2, "b": MB, "c": MB // 2 - 1, "d": 1, "e": 1}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    with pack(tmp_path, SMALL) as file, tarfile.open(fileobj=file) as packed:
        assert packed.getnames() == ["a", "c", "d"]
    with pack(tmp_path, Limits(files=4)) as file, tarfile.open(fileobj=file) as packed:
        assert packed.getnames() == ["a", "b"]
