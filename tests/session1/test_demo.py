"""The demo: what it prints, writes, and says of how it ended."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from session1 import demo_runner, virtual_time
from session1.demo import PARTS, memory
from session1.demo.call_runs import routed
from session1.demo.calls import draw_stream
from session1.demo.part import Section
from session1.demo.replay import _in_order, long_talks
from session1.table import table

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
FAST = ["--quick", "--llm", "simulated"]
ONE = [*FAST, "--only", "memory"]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """What one quick run prints as JSON, with its folder and exit code."""
    out = tmp_path_factory.mktemp("out")
    command = ["demo_runner.py", *FAST, "--json", "--out", str(out)]
    # From inside the package, where a learner may start it too.
    done = subprocess.run(
        [sys.executable, *command],
        cwd=REPOSITORY / "src" / "session1",
        capture_output=True,
        text=True,
        env={"PATH": "", "SYSTEMROOT": ""},
    )
    return json.loads(done.stdout), done, out


@pytest.mark.deep
def test_a_quick_run_succeeds_and_prints_only_json(quick):
    result, done, _ = quick
    assert (done.returncode, result["ok"], result["failures"]) == (0, True, [])
    assert result["llm"] == "simulated"
    assert done.stderr == ""


@pytest.mark.deep
def test_our_memory_keeps_its_promises_on_real_conversations(quick):
    replay = quick[0]["memory"]["replay"]
    ours, naive = replay["ours"], replay["naive"]
    assert ours["reported_bytes_max"] <= replay["limit_bytes"]
    assert ours["real_bytes_max"] <= replay["limit_bytes"]
    assert 0.85 < ours["reported_of_real"] < 1.15
    assert naive["reported_of_real"] < 0.6
    assert ours["over_budget"] == 0 < naive["over_budget"]
    assert ours["in_order"] == 1 > naive["in_order"]
    assert ours["latest_kept"] > naive["latest_kept"]


@pytest.mark.deep
def test_the_model_answers_from_a_part_of_the_conversation(quick):
    (answer,) = quick[0]["memory"]["answers"]
    assert answer["text"]
    assert answer["shown_tokens"] < answer["history_tokens"] / 10


@pytest.mark.deep
def test_the_pictures_are_written(quick):
    result, _, out = quick
    for part in PARTS:
        assert result[part]["plot"] == str(out / f"{part}.png")
        assert (out / f"{part}.png").read_bytes().startswith(b"\x89PNG")


def test_the_program_at_the_top_is_the_same():
    done = subprocess.run(
        [sys.executable, "demo_runner.py", "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "--llm {local,simulated,openai}" in done.stdout


class Part:
    """A part that yields one section and then does `then`."""

    TITLE = "A part"

    def __init__(self, then=lambda: None, failures=()):
        self.then = then
        self.failures = failures

    def run(self, context):
        yield Section("first", 1, "first result", self.failures)
        self.then()


def interrupted():
    raise KeyboardInterrupt


def test_ctrl_c_keeps_what_is_done(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "session1.demo.memory", Part(interrupted))
    assert demo_runner.main(ONE) == 130
    assert "first result" in capsys.readouterr().out
    assert demo_runner.main([*ONE, "--json"]) == 130
    result = json.loads(capsys.readouterr().out)
    assert (result["ok"], result["memory"]) == (False, {"first": 1})
    assert "Ctrl-C" in result["notes"][0]


def test_a_reader_that_has_enough_is_no_error():
    command = [sys.executable, "demo_runner.py", *ONE]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=pipe, stderr=pipe, text=True
    ) as demo:
        assert demo.stdout.readline() == "Model: simulated\n"
        demo.stdout.close()
        assert "Traceback" not in demo.stderr.read()
    assert demo.returncode == 1


def test_what_python_keeps_for_reuse_does_not_count_as_held():
    code = """from session1.demo.replay import long_talks, ours, replay
found = replay(ours, *long_talks(1)).looks[-1]
print(found.reported_bytes / found.real_bytes)"""
    # a process of its own: here pytest keeps what is logged meanwhile
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert 0.9 < float(done.stdout) < 1.1, done.stderr


def test_parts_are_loaded_when_they_run():
    """Loading all takes seconds, and Ctrl-C in that time must be understood too."""
    code = "import sys, session1.demo_runner; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_ctrl_c_while_a_part_is_loaded(monkeypatch, capsys):
    monkeypatch.setattr(demo_runner, "load", lambda name: interrupted())
    assert demo_runner.main(ONE) == 130
    assert "Not done" in capsys.readouterr().out


def test_a_promise_that_is_broken_fails_the_run(monkeypatch, capsys):
    monkeypatch.setitem(
        sys.modules, "session1.demo.memory", Part(failures=("it leaks",))
    )
    assert demo_runner.main(ONE) == 1
    assert "FAILED: memory: it leaks" in capsys.readouterr().out


def test_without_the_model_it_says_so_and_goes_on(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("SESSION1_MODEL", str(tmp_path / "none.gguf"))
    monkeypatch.setitem(sys.modules, "session1.demo.memory", Part())
    assert demo_runner.main(["--only", "memory"]) == 0
    said = capsys.readouterr().out
    assert "there is no model file at" in said
    assert "Model: simulated" in said


def test_a_server_that_is_not_set_up_is_an_error_with_a_next_step(monkeypatch, capsys):
    monkeypatch.delenv("OPENAI_MODEL", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert demo_runner.main(["--llm", "openai"]) == 1
    assert "set OPENAI_MODEL" in capsys.readouterr().out


def test_pictures_that_can_go_nowhere_are_said_before_the_work(tmp_path, capsys):
    taken = tmp_path / "file"
    taken.write_text("in the way")
    assert demo_runner.main(["--llm", "simulated", "--out", str(taken)]) == 1
    out = capsys.readouterr().out
    assert "name another with --out" in out
    assert "Model:" not in out
    assert taken.read_text() == "in the way"


def test_a_folder_that_takes_no_file_is_said_before_the_work(
    tmp_path, monkeypatch, capsys
):
    def refused(dir):
        raise OSError(30, "Read-only file system", str(dir))

    monkeypatch.setattr(demo_runner.tempfile, "TemporaryFile", refused)
    assert demo_runner.main([*ONE, "--out", str(tmp_path)]) == 1
    assert "Read-only file system" in capsys.readouterr().out


def test_failures_name_what_was_promised():
    kept = {
        "reported_bytes_max": memory.LIMIT,
        "real_bytes_max": memory.LIMIT,
        "reported_of_real": 1.0,
        "over_budget": 0.0,
        "in_order": 1.0,
    }
    assert memory.failures(kept) == ()
    broken = {"reported_bytes_max": memory.LIMIT + 1, "reported_of_real": 0.5}
    assert len(memory.failures(kept | broken | {"over_budget": 0.1})) == 3
    assert len(memory.failures(kept | {"real_bytes_max": memory.LIMIT + 1})) == 1


def test_long_talks_are_talks():
    for talk in long_talks(3):
        texts = {turn.text for turn in talk.turns}
        assert len(texts) > 0.8 * len(talk.turns) > 640


@pytest.mark.parametrize(
    ("shown", "right"),
    [
        ([], True),
        (["a", "c"], True),
        (["c", "b"], False),
        (["a", "a"], True),
        (["notice", "b"], True),
    ],
)
def test_order_of_time_with_repeated_messages(shown, right):
    assert _in_order(shown, ["a", "b", "a", "c"]) is right


def test_exponent_is_the_slope():
    sizes = [10, 100, 1000]
    assert memory.exponent(sizes, [n**2 for n in sizes]) == pytest.approx(2)


def test_table_aligns():
    text = table(["what", "n"], [["long name", "1"], ["x", "1,000"]])
    assert text.splitlines() == [
        "what           n",
        "────────────────",
        "long name      1",
        "x          1,000",
    ]


@pytest.mark.parametrize(
    ("seconds", "label"), [(1.81, "1,810 ms"), (0.0624, "62.40 ms"), (0.5, "500 ms")]
)
def test_waits_are_written_out(seconds, label):
    figure = Figure()
    waits = dict.fromkeys(("total_s", "first_token_s", "again_s"), seconds)
    draw_stream(figure.subplots(), waits)
    assert {text.get_text() for text in figure.axes[0].texts} == {label}


def test_a_model_that_is_down_is_seen_in_few_prompts_too():
    assert virtual_time.run(routed, 16).value["failed_over"] > 0
