"""The course as plain pages: a front page, its modules, its docs and its reference."""

import html
import json
import re
import shutil
import tomllib
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat import NotebookNode, reads
from pygments.formatters import HtmlFormatter

from tools.site import bundle, reference

LOOK = Path(__file__).with_name("look")
REPO = bundle.ROOT
# README's table of modules: title, link, what one learns, minutes
ROW = re.compile(
    r"^\| \[([^]]+)\]\(course/(\d\d_\w+)/[^)]*\) \| (.*?) \| (\d+) \|", re.M
)
DOCS = {
    "architecture": "How it fits together",
    "authoring": "How exercises are written",
    "grading": "How a class is graded",
    "grading_protection": "What grading protects from",
}
WIDGET = "application/vnd.jupyter.widget-view+json"


def build(out: Path) -> None:
    """Write all pages into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    (out / "style.css").write_text((LOOK / "style.css").read_text() + colours + "\n")
    names = released()
    for name in names:
        module(name, names, out)
    docs(out)
    plots(out)
    page(out / "reference.html", "Reference", reference.body())
    front(names, out)


def released() -> list[str]:
    """The released modules, in order."""
    found = (REPO / "course").glob("[0-9][0-9]_*/*.ipynb")
    return sorted(p.stem for p in found if p.stem == p.parent.name)


def page(path: Path, title: str, body: str, foot: str = "") -> None:
    """Write one page around its body."""
    path.parent.mkdir(parents=True, exist_ok=True)
    depth = len(path.relative_to(_root(path)).parts) - 1
    up = "/".join([".."] * depth) or "."
    links = "".join(
        f'<a href="{up}/{where}">{what}</a>'
        for where, what in [
            ("reference.html", "reference"),
            ("benchmarks.html", "benchmarks"),
            ("docs/architecture.html", "docs"),
        ]
    )
    template = Template((LOOK / "page.html").read_text())
    foot = foot or "Code under the MIT License, text under CC BY 4.0."
    text = template.substitute(title=title, up=up, links=links, body=body, foot=foot)
    path.write_text(text, "utf-8")


def _root(path: Path) -> Path:
    """The site's folder: where the style sheet is."""
    return next(p for p in path.parents if (p / "style.css").is_file())


def try_it(name: str, up: str = "..") -> str:
    """The address that opens a module's notebook in the browser."""
    return f"{up}/try/lab/index.html?path={name}/{name}.ipynb"


# -- modules ---------------------------------------------------------------------


def module(name: str, names: list[str], out: Path) -> None:
    """Write the page of a module: its text, its code, and the outputs of its run."""
    exporter = HTMLExporter(
        template_name=LOOK.name, extra_template_basedirs=[str(LOOK.parent)]
    )
    body, _ = exporter.from_notebook_node(notebook(name))
    body = re.sub(r"\.\./(\d\d_\w+)/\1\.ipynb", r"\1.html", body)
    body = re.sub(r"\.\./\.\./docs/(\w+)\.md", r"../docs/\1.html", body)
    at = names.index(name)
    around = [
        f'<a href="{names[to]}.html">module {names[to][:2]}</a>'
        for to in (at - 1, at + 1)
        if to in range(len(names))
    ]
    doors = (
        f'<p class="doors"><a class="door first" href="{try_it(name)}">try it here</a>'
        "<span>opens the notebook in this browser, with nothing to install</span></p>"
    )
    title = re.search(r"<h1[^>]*>(.*?)<a", body, re.S)
    plain = re.sub("<[^>]+>", "", title[1]) if title else name
    foot = f"Outputs are those of the worked solution. {' · '.join(around)}"
    page(out / "read" / f"{name}.html", plain, doors + body + doors, foot)


def notebook(name: str) -> NotebookNode:
    """The notebook that learners get, with the outputs that its solution had.

    A cell that the learner has to write keeps none: what it said would be the answer.
    """
    read = [
        REPO / folder / name / f"{name}.ipynb" for folder in ("course", "solutions")
    ]
    given, solved = (json.loads(path.read_text("utf-8")) for path in read)
    ran = {c["id"]: c for c in solved["cells"] if c["cell_type"] == "code"}
    for cell in given["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution"):
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "yours"]
        same = cell["id"] in ran and ran[cell["id"]]["source"] == cell["source"]
        if cell["cell_type"] == "code":
            cell["source"] = [x for x in cell["source"] if not x.startswith("# NBVAL")]
            cell["outputs"] = ran[cell["id"]]["outputs"] if same else []
            cell["outputs"] = [_still(x) for x in cell["outputs"] if _says(x)]
    made: NotebookNode = reads(json.dumps(given), as_version=4)
    return made


def _says(output: dict[str, Any]) -> bool:
    """Whether an output shows anything."""
    data = output.get("data", {})
    said = "".join(data.get("text/plain", output.get("text", "")))
    return bool(said.strip()) or len(data) > 1


def _still(output: dict[str, Any]) -> dict[str, Any]:
    """An output as a page shows it: a widget by its picture or its text."""
    if WIDGET in output.get("data", {}):
        data = {k: v for k, v in output["data"].items() if k != WIDGET}
        return {**output, "data": data}
    return output


# -- the rest --------------------------------------------------------------------


def front(names: list[str], out: Path) -> None:
    """Write the syllabus: what each module teaches, to read and to try."""
    readme = (REPO / "README.md").read_text("utf-8")
    said = {row[1]: row for row in ROW.findall(readme)}
    items = "".join(_item(name, said.get(name)) for name in names)
    page(
        out / "index.html",
        "Fast, small and steady agents",
        f"""<h1>Fast, small and steady agents</h1>
<p>A course that teaches how to make LLM agents fast, small and steady, and checks what
you build. Every module walks one loop: <strong>predict → measure → find the bottleneck
→ fix → prove</strong>.</p>
<p class="doors"><a class="door first" href="{try_it(names[0], ".")}">
start here, in this browser</a></p>
<p>Nothing is installed and nothing is sent anywhere: Python runs in this tab, and your
answers stay in this browser until you download the notebook. Opening one takes half a
minute. Cells that need a thread, a server or the real model, and on some pages numpy,
say so: run those on your own machine, with <code>make lab</code>.</p>
<h2>Syllabus</h2>
<ul class="modules">{items}</ul>""",
    )


def _item(name: str, said: tuple[str, ...] | None) -> str:
    with (REPO / "course" / name / "module.toml").open("rb") as file:
        about = tomllib.load(file)
    title = said[0] if said else f"{name[:2]} {about['title']}"
    learn = said[2] if said else "; ".join(o["text"] for o in about["objectives"])
    minutes = said[3] if said else f"{about['minutes']:g}"
    return (
        f'<li><h3>{html.escape(title)} <span class="minutes">{minutes} minutes</span>'
        f"</h3><p>{html.escape(learn)}</p>"
        f'<a class="door" href="read/{name}.html">read</a>'
        f'<a class="door" href="{try_it(name, ".")}">try it here</a></li>'
    )


def docs(out: Path) -> None:
    """Write the pages of `docs/`, with their pictures."""
    for path in sorted((REPO / "docs").glob("*.md")):
        text = re.sub(r"\]\((\w+)\.md", r"](\1.html", path.read_text("utf-8"))
        text = re.sub(r"\]\(\.\./[^)#]+\)", "](../index.html)", text)
        title = DOCS.get(path.stem, path.stem.replace("_", " ").capitalize())
        others = " · ".join(
            f'<a href="{name}.html">{html.escape(what)}</a>'
            for name, what in DOCS.items()
            if name != path.stem
        )
        body = markdown2html(text) + f"<p>Also: {others}</p>"
        page(out / "docs" / f"{path.stem}.html", title, body)
    for picture in (REPO / "docs").glob("*.png"):
        shutil.copy(picture, out / "docs")


def plots(out: Path) -> None:
    """Write the page of benchmark plots, as many as `make bench` has left."""
    found = sorted((REPO / "out" / "bench").glob("*.png"))
    (out / "benchmarks").mkdir(exist_ok=True)
    for picture in found:
        shutil.copy(picture, out / "benchmarks")
    page(out / "benchmarks.html", "Benchmarks", _plots(p.stem for p in found))


def _plots(names: Iterable[str]) -> str:
    shown = "".join(
        f"<h2>{html.escape(name.replace('_', ' ').capitalize())}</h2><figure>"
        f'<a href="benchmarks/{name}.png"><img loading="lazy" '
        f'src="benchmarks/{name}.png" alt="benchmark: {html.escape(name)}"></a>'
        "</figure>"
        for name in names
    )
    none = (
        "<p>None were measured where this page was built: <code>make bench</code>, "
        "then <code>make site</code>, puts them here.</p>"
    )
    return (
        "<h1>Benchmarks</h1><p>Naive, ours and peer libraries, measured side by side "
        "in one run: read the ratios, not the milliseconds.</p>" + (shown or none)
    )
