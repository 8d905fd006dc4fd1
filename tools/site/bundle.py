"""One archive with all that the tab's Python imports: the course and what it needs.

It holds the pure-Python packages of this environment, so that the versions in the tab
are those of the lock file, and stand-ins for what only exists compiled.
"""

import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).with_name("stand_ins")
NAME, VERSION = "course-in-a-tab", "1"
FILE = f"{NAME}-{VERSION}.zip"  # no wheel: that would be one distribution alone
COURSE = "agent-performance-course"
# the tab's Python, as markers of requirements see it
TAB = {
    "extra": "",
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": "3.14.2",
    "python_version": "3.14",
    "sys_platform": "emscripten",
}
ROOTS = (
    *("apscheduler", "chatterbot-corpus", "chitchat-dataset", "cloudpickle", "comm"),
    *("cycler", "httpx", "ipython", "ipywidgets", "jsonschema"),
    *("nbformat", "packaging", "platformdirs", "prometheus-client", "pyyaml"),
    *("sortedcontainers", "sqlalchemy", "tenacity", "tqdm", "traitlets"),
)
# compiled, or of no use without a system around it
LEFT_OUT = {
    *("greenlet", "jupyter-client", "jupyterlab-widgets", "numpy", "psutil"),
    *("pexpect", "rpds-py", "tornado", "widgetsnbextension", "debugpy", "tzdata"),
}
KEPT = (".py", ".pyi", ".json", ".toml", ".txt", ".tsv", ".yml", ".lark", ".typed")


def needed() -> list[metadata.Distribution]:
    """The distributions that the tab gets."""
    found: dict[str, metadata.Distribution] = {}
    todo = [canonicalize_name(name) for name in ROOTS]
    while todo:
        name = todo.pop()
        if name in found or name in LEFT_OUT:
            continue
        found[name] = metadata.distribution(name)
        wanted = map(Requirement, found[name].requires or [])
        todo += [
            canonicalize_name(r.name)
            for r in wanted
            if not r.marker or r.marker.evaluate(TAB)
        ]
    return [found[name] for name in sorted(found)]


def write(folder: Path, contents: Mapping[str, bytes]) -> Path:
    """Write the archive into `folder` and return its path."""
    path = folder / FILE
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def contents() -> dict[str, bytes]:
    """The archive's files by their names."""
    return dict(_contents())


def _contents() -> Iterator[tuple[str, bytes]]:
    for package in ("session1", "coursekit"):
        for path in (ROOT / "src" / package).rglob("*"):
            if path.is_file() and path.suffix in KEPT:
                yield path.relative_to(ROOT / "src").as_posix(), path.read_bytes()
    for path in STAND_INS.glob("*.py"):
        yield path.name, path.read_bytes()
    course = metadata.distribution(COURSE)
    info = f"{COURSE.replace('-', '_')}-{course.version}.dist-info"
    yield f"{info}/METADATA", str(course.metadata).encode()
    for one in needed():
        yield from _files(one)


def _files(one: metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    """A distribution's Python files, data and metadata."""
    for file in one.files or []:
        name = file.as_posix()
        info = ".dist-info/" in name
        if name.startswith("..") or "/tests/" in name or "/typeshed/" in name:
            continue
        if "__editable__" in name or name.endswith((".pth", "/direct_url.json")):
            continue
        if name.endswith(("/METADATA", "/entry_points.txt")) if info else _kept(name):
            yield name, Path(str(one.locate_file(file))).read_bytes()


def _kept(name: str) -> bool:
    return name.endswith(KEPT) or "/data/" in name
