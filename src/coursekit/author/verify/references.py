"""Rules about what prose points to: names in code, files, links."""

import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from coursekit.author.finding import Finding
from coursekit.author.verify.subject import Subject, headings

NAME = re.compile(r"`((?:session1|coursekit)(?:\.\w+)+)(?:\([^`]*\))?`")
FILE = re.compile(r"`([\w./-]+)`")
LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
TYPES = (".py", ".ipynb", ".toml", ".md", ".yml", ".png", ".svg", ".csv", ".json")
# made while the course is used; not in the repository
MADE = ("answers.json", "grading/", "out/", ".venv/")


def names_resolve(subject: Subject) -> Iterator[Finding]:
    """`session1.x.y` in prose is there to import."""
    for where, text in _prose(subject):
        yield from _names(where, text)


def files_resolve(subject: Subject) -> Iterator[Finding]:
    """Files named in prose exist."""
    course = subject.course
    homes = [course.release(subject.name), subject.folder, course.root]
    homes += [course.root / "src", course.root / "src" / "session1"]
    for where, text in _prose(subject):
        yield from _files(where, text, homes)


def links_resolve(subject: Subject) -> Iterator[Finding]:
    """Relative links of the notebook lead to a file or a heading."""
    anchors = headings(subject.notebook)
    for where, text in _prose(subject):
        yield from _links(where, text, subject.course.release(subject.name), anchors)


def readme_resolves(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """The same for README.md."""
    root = subjects[0].course.root
    readme = root / "README.md"
    if not readme.is_file():
        yield Finding("README.md", "is missing", "write how to start")
        return
    text = readme.read_text(encoding="utf-8")
    anchors = {h.strip() for h in re.findall(r"^#+\s+(.+)$", text, re.M)}
    yield from _names("README.md", text)
    yield from _files("README.md", text, [root, root / "src"])
    yield from _links("README.md", text, root, anchors)


def _prose(subject: Subject) -> Iterator[tuple[str, str]]:
    for index, cell in enumerate(subject.notebook.cells):
        if cell.cell_type == "markdown":
            where = f"{subject.where}/{subject.name}.ipynb: cell {index}"
            yield where, re.sub(r"```.*?```", "", cell.source, flags=re.S)


def _names(where: str, text: str) -> Iterator[Finding]:
    for name in sorted(set(NAME.findall(text))):
        if not resolves(name):
            yield Finding(where, f"{name} does not exist", "name what the code has")


def resolves(name: str) -> bool:
    """Whether a dotted name can be imported, or is an attribute of what can."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def _files(where: str, text: str, homes: Iterable[Path]) -> Iterator[Finding]:
    for name in sorted(set(FILE.findall(text))):
        looks = name.endswith(TYPES) or (name.endswith("/") and name.strip("./"))
        if not looks or name.startswith((*MADE, "/")):
            continue
        if not any((home / name).exists() for home in homes):
            yield Finding(where, f"there is no file {name}", "correct the path")


def _links(
    where: str, text: str, home: Path, anchors: Iterable[str]
) -> Iterator[Finding]:
    known = {_slug(a) for a in anchors}
    for target in sorted(set(LINK.findall(text))):
        if re.match(r"[a-z]+:", target, re.I):
            continue
        path, _, anchor = target.partition("#")
        if path and not (home / path).exists():
            yield Finding(where, f"the link {target} leads nowhere", "correct it")
        elif not path and _slug(anchor) not in known:
            yield Finding(where, f"there is no heading #{anchor}", "correct the link")


def _slug(heading: str) -> str:
    """A heading as links write it; GitHub and JupyterLab differ in case and signs."""
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-").replace("%20", "-"))


RULES = (names_resolve, files_resolve, links_resolve)
COURSE_RULES = (readme_resolves,)
