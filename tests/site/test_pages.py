"""The pages to read: outputs as they were, no answers, links that lead somewhere."""

import re
from pathlib import Path

import pytest

from tools.site import pages, reference

RELEASED = pages.released()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, with one module."""
    out = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "released", lambda: ["00_start"])
        pages.build(out)
    return out


def test_a_page_shows_what_cells_printed_but_no_answer() -> None:
    cells = {c["id"]: c for c in pages.notebook("00_start")["cells"]}
    assert "0.9 seconds" in str(cells["measure-naive"]["outputs"])
    assert "yours" in cells["together"]["metadata"]["tags"]
    assert not cells["together"]["outputs"]
    assert "gather(*" not in cells["together"]["source"]


def test_no_page_shows_the_body_of_a_hidden_check() -> None:
    for name in pages.released():
        assert "HIDDEN TESTS" not in str(pages.notebook(name))


def test_pages_ask_nothing_of_other_hosts(built: Path) -> None:
    for path in built.rglob("*.html"):
        text = path.read_text("utf-8")
        loaded = re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"([^\"]*)", text)
        assert not [x[:80] for x in loaded if x.startswith(("http", "//"))], path


def test_links_between_pages_lead_somewhere(built: Path) -> None:
    wrong = []
    for path in built.rglob("*.html"):
        for link in re.findall(r'<a[^>]* href="([^"]+)"', path.read_text("utf-8")):
            target, _, place = link.partition("#")
            if target.startswith(("http", "mailto:")) or "/try/" in target:
                continue
            goal = (path.parent / target).resolve() if target else path
            known = goal.is_file() or goal.stem in RELEASED
            if goal.is_file() and place and goal.suffix == ".html":
                known = f'id="{place.lower()}"' in goal.read_text("utf-8").lower()
            if not known:
                wrong.append(f"{path.name}: {link}")
    assert not wrong


def test_every_module_can_be_read_and_tried(built: Path) -> None:
    front = (built / "index.html").read_text("utf-8")
    assert 'href="read/00_start.html"' in front
    assert "?path=00_start/00_start.ipynb" in front


def test_the_reference_has_the_agents_and_their_methods() -> None:
    text = reference.body()
    assert "class MemoryOptimizedAgent(" in text
    assert "async process_message(" in text
