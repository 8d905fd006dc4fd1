"""Make what learners get: nbgrader's release plus module.toml without the answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.course import RELEASE, Course, CourseError
from coursekit.module import FILE, read
from coursekit.notebook import read_source
from coursekit.public import public


def to_toml(table: Mapping[str, Any], path: str = "") -> str:
    """A table as TOML text: plain keys first, then its lists of tables."""
    rows = {k: v for k, v in table.items() if _is_rows(v)}
    lines = [f"{k} = {_value(v)}\n" for k, v in table.items() if k not in rows]
    for key, items in rows.items():
        name = f"{path}{key}"
        lines += [f"\n[[{name}]]\n{to_toml(item, f'{name}.')}" for item in items]
    return "".join(lines)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    """A JSON text, number, truth or list of these reads the same in TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def stripped(source: Path) -> str:
    """The text of the released module.toml."""
    table = public(read(source / FILE))
    return f"# Made from {source.name} by nbgrader.\n{to_toml(table)}"


def write_stripped_module(
    assignment: str, student: str, notebooks: Sequence[str]
) -> None:
    """nbgrader's hook after generate_assignment; its current folder is the course."""
    source = Path(notebooks[0]).parent
    target = source.parents[1] / RELEASE / source.name / FILE
    target.write_text(stripped(source), encoding="utf-8")


def generate(course: Course, module: str, target: Path | None = None) -> Path:
    """Run `nbgrader generate_assignment`; returns the folder of the release.

    With a `target` the release is written below it and the gradebook left alone.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log

    # nbgrader takes the last release away when it cannot make the next
    read_source(course.source(module) / f"{module}.ipynb")
    config = course.config()
    if target:
        config.CourseDirectory.release_directory = str(target.resolve())
        config.GenerateAssignment.post_convert_hook = None
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    folder = CourseDirectory(config=config, assignment_id=module)
    app = GenerateAssignment(coursedir=folder, config=config, force=True)
    _run(capture_log, app, module)
    out = (target / module) if target else course.release(module)
    (out / FILE).write_text(stripped(course.source(module)), encoding="utf-8")
    return out


def _run(capture: Callable[[Any], dict[str, Any]], app: Any, module: str) -> None:
    result = capture(app)
    if not result["success"]:
        log = result.get("log", "").strip() or result.get("error", "")
        raise CourseError(f"nbgrader could not release {module}:\n{log}")
