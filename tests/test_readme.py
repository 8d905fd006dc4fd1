"""What the README shows runs as it stands there."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from session1.llm.local import LocalLLM

ROOT = Path(__file__).parents[1]
SNIPPETS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
PARTS = re.findall(r"`(session1\.[\w.]+)\.(\w+)`", (ROOT / "README.md").read_text())


def test_it_lists_the_parts() -> None:
    assert len(PARTS) > 12


@pytest.mark.parametrize(("module", "name"), PARTS)
def test_each_part_is_where_it_says(module: str, name: str) -> None:
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize(
    ("snippet", "said"),
    [
        (SNIPPETS[0], ("Ada", "total_entries")),
        (SNIPPETS[2], ("'fallback': False", "My name is Ada.", "timestamp")),
    ],
    ids=["memory", "composed"],
)
def test_the_snippet_runs(tmp_path: Path, snippet: str, said: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", snippet],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert all(text in done.stdout for text in said)


@pytest.mark.model
def test_the_snippet_for_any_server_runs(
    model: LocalLLM, capsys: pytest.CaptureFixture[str]
) -> None:
    snippet = SNIPPETS[1]
    address = "http://127.0.0.1:11434/v1"
    assert snippet.count(address) == 1
    exec(snippet.replace(address, model.base_url), {})
    *answer, calls = capsys.readouterr().out.splitlines()
    assert "".join(answer) and calls == "1"
