"""Relative links and names of files in README, CONTRIBUTING and docs lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)")
NAMED = re.compile(r"`((?:src|tests|docs|solutions|course|tools|benchmarks)/[\w./-]*)`")


def prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+\s+(.+)$", prose(page), re.M)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


def lost(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        there = target.exists() and (not anchor or anchor in anchors(target))
        found += [] if there else [link]
    return found


def test_there_are_pages() -> None:
    assert {"README.md", "CONTRIBUTING.md", "architecture.md"} <= {
        p.name for p in PAGES
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert lost(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    # a worked example names files that its reader makes
    made = tuple(
        f"{place}/{module}/"
        for module in re.findall(r"coursekit new module (\w+)", page.read_text())
        for place in ("solutions", "course")
    )
    names = {n for n in NAMED.findall(prose(page)) if not f"{n}/".startswith(made)}
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A heading\n[a](#a-heading) [b](#none) [c](no.md) [d](https://x.y)"
    )
    assert lost(page) == ["#none", "no.md"]
