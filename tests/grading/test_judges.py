"""Judges in processes of their own: reports, and learner code that dies or cheats."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import pytest

from coursekit.grading import judge_client
from coursekit.judge import judge_server, learner_end
from coursekit.judge.judge_server import JudgeError, Judges
from tests.coursekit.sample_course import CATALOGUE, CHECKS, MODULE

pytestmark = pytest.mark.slow

NAME = "01_sample"
MORE = """
[[exercises]]
id = "broken"
title = "No check"
kind = "write"
objective = "double"
points = 1
"""
RIGHT = """
def double(n): return 2 * n
def halve(n): print("halving", n); return n / 2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("course") / "solutions"
    folder = root / NAME
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text(MODULE + MORE)
    (folder / "checks.py").write_text(CHECKS)
    (root / "misconceptions.toml").write_text(CATALOGUE)
    return folder


@pytest.fixture(scope="module")
def judges():
    with Judges(Path.cwd()) as made:
        yield made


@pytest.fixture
def learner(tmp_path, judges, folder):
    """`learner(source, count)` serves in a process; gives the judge that may grade."""
    pids, handles = [], []
    judge = judges.start(NAME, folder)
    handles.append(judge)

    def start(source, count=1, seconds=60):
        path = tmp_path / f"judge{len(pids)}"  # a slow one must not take the next's
        judge.listen(path)
        pid = os.fork()
        if pid == 0:
            try:
                signal.alarm(seconds)
                os.chdir(tmp_path)
                names = {"__name__": "__main__"}
                learner_end.connect(path, names)
                exec(source, names)
                for _ in range(count):
                    learner_end.serve()
            finally:
                os._exit(0)
        pids.append(pid)
        return judge

    yield start
    judge.close()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_several_exercises_are_graded_over_one_link(learner):
    judge = learner(RIGHT, count=3)
    reports = [judge.grade(name) for name in ("double", "halve", "quiz")]
    assert [r.status for r in reports] == ["passed", "passed", "not attempted"]
    assert reports[1].printed == "halving 4\nhalving 3" and judge.connected


def test_the_quiz_is_graded_by_what_the_learner_recorded(learner, tmp_path):
    (tmp_path / "answers.json").write_text(json.dumps({"quiz": {"q1": "B", "q2": "B"}}))
    report = learner(RIGHT).grade("quiz")
    assert report.score == 1 and report.status == "partial"


@pytest.mark.parametrize("junk", ["[" * 100_000, "{}", '{"quiz": 3}', "\xff"])
def test_a_record_that_is_junk_counts_as_none(learner, tmp_path, junk):
    (tmp_path / "answers.json").write_text(junk, encoding="latin-1")
    assert learner(RIGHT).grade("quiz").status == "not attempted"


def test_names_that_are_missing_are_not_attempted(learner):
    report = learner("")
    report = report.grade("double")
    assert report.status == "not attempted" and "not defined" in report.note


def test_a_process_that_ends_has_crashed_and_the_next_one_is_graded(learner):
    judge = learner("import os\ndef double(n): os._exit(1)\n")
    report = judge.grade("double")
    assert report.status == "crashed" and report.score == 0 and not judge.connected
    assert judge.grade("double").status == "crashed"
    assert learner(RIGHT).grade("double").status == "passed"


def test_a_loop_without_end_times_out(learner):
    judge = learner("def double(n):\n    while True: pass\n")
    began = time.monotonic()
    report = judge.grade("double", seconds=0.5)
    assert report.status == "timed out" and "0.5 s" in report.note
    assert time.monotonic() - began < 30 and not judge.connected
    assert learner(RIGHT).grade("halve").status == "passed"


def test_a_judge_that_works_is_not_waited_for_once_the_kernel_has_ended(
    learner, monkeypatch
):
    monkeypatch.setattr(judge_server, "LOOK", 0.1)
    monkeypatch.setattr(judge_server, "LAST", 0.1)
    judge = learner("def double(n):\n    while True: pass\n")
    report = judge.grade("double", seconds=3600, ended=lambda: True)
    assert report.status == "crashed" and not judge.connected


def test_too_much_data_fails_and_the_next_kernel_is_graded(learner):
    judge = learner(
        "from coursekit.judge import learner_end\n"
        "def double(n): learner_end._link.wire.send(b'[' * 7_000_000)\n"
    )
    report = judge.grade("double")
    assert (report.score, report.status) == (0, "failed") and not judge.connected
    assert "an exercise may exchange 128 MB" in report.note
    assert learner(RIGHT).grade("double").status == "passed"


def test_a_kernel_that_had_no_time_to_answer_is_late(judges, folder, tmp_path):
    # one that had it was tampered with: the bank's serves_nobody
    judge = judges.start(NAME, folder)
    judge.listen(tmp_path / "judge")
    assert judge.grade("double", seconds=0.3).status == "timed out"
    judge.close()


@pytest.mark.parametrize(
    "junk",
    [
        "b'\\0\\0\\0\\x02{}'",
        "b'\\xff' * 100",
        "b'\\0\\0\\0\\x05[[[[['",
        "b'\\0\\0\\0\\x0e[\"=\",99,[1],2]'",
        "b'\\0\\0\\0\\x0d[\"call\",7,[]]'",
    ],
)
def test_who_writes_on_the_link_is_told_so(learner, junk):
    judge = learner(
        "from coursekit.judge import learner_end\n"
        f"def double(n): learner_end._link.wire.sock.sendall({junk}); return 2 * n\n"
    )
    report = judge.grade("double", seconds=5)
    assert report.status in ("tampered", "timed out") and report.score == 0


def test_reports_cannot_be_forged_by_what_is_printed_or_returned(learner):
    judge = learner(
        "class Yes(int):\n"
        "    def __eq__(self, other): return True\n"
        "    def __mul__(self, other): return self\n"
        "def double(n):\n"
        '    print(\'{"report": {"score": 4}}\')\n'
        "    return Yes()\n"
    )
    assert judge.grade("double").score == 0


def test_huge_results_make_short_reports(learner):
    report = learner("def double(n): return 'x' * 3_000_000\n").grade("double")
    assert report.status == "failed"
    assert all(len(c.got) <= 2_000 for c in report.criteria)


def test_a_check_that_is_missing_says_so_and_the_judge_goes_on(learner):
    judge = learner(RIGHT, count=2)
    report = judge.grade("broken")
    assert report.status == "crashed" and "tell your teacher" in report.note
    assert judge.connected


@pytest.mark.parametrize("kind", ["KeyError", "CancelledError"])
@pytest.mark.parametrize("asked", ["answers", "over"])
def test_an_error_in_place_of_what_never_fails_is_tampering(learner, asked, kind):
    source = (
        "import json\n"
        "from coursekit.judge import learner_end\n"
        "receive = learner_end.LearnerEnd._receive\n"
        "def rude(self):\n"
        "    message = receive(self)\n"
        f"    while message[0] == {asked!r}:\n"
        f"        told = [{kind!r}, {kind!r}, '', '', '']\n"
        "        self.wire.send(json.dumps(['!', message[1], told]).encode())\n"
        "        message = receive(self)\n"
        "    return message\n"
        "learner_end.LearnerEnd._receive = rude\n"
    )
    report = learner(source + RIGHT).grade("double")
    assert (report.score, report.status) == (0, "tampered")


def test_judges_end_with_their_worker(folder, tmp_path):
    with Judges(Path.cwd()) as made:
        judge = made.start(NAME, folder)
        judge.listen(tmp_path / "judge")
        place, pid = Path(made._place.path), judge.pid
        assert list(place.iterdir())
    judge.close()
    assert not place.exists()
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.01)
    else:
        pytest.fail("the judge outlived its worker")
    with pytest.raises(JudgeError):
        made.start(NAME, folder).listen(tmp_path / "other")


def test_a_server_that_has_ended_is_replaced():
    root = Path.cwd()
    lost = judge_client._server(root)
    assert judge_client._server(root) is lost
    lost._process.kill()
    lost._process.wait()
    found = judge_client._server(root)
    assert found is not lost and not found.ended
    for made in (lost, found):
        made.__exit__(None, None, None)


def test_the_folder_is_the_modules_own(judges, tmp_path):
    with pytest.raises(JudgeError, match="called so"):
        judges.start(NAME, tmp_path)


KERNEL = """
import asyncio, sqlite3
table = sqlite3.connect(":memory:")  # of use in the main thread only

def double(n):
    table.execute("select 1")
    return 2 * n

def halve(n):
    async def half():
        await asyncio.sleep(1)
        return n / 2
    return half() if asyncio.get_running_loop() else 0
"""


def test_a_notebooks_kernel_serves(judges, folder, tmp_path):
    from jupyter_client import KernelManager

    manager = KernelManager(transport="ipc", ip=str(tmp_path / "k"))
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.blocking_client()
    judge = judges.start(NAME, folder)
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        judge.listen(tmp_path / "judge")
        path = str(tmp_path / "judge")
        for source in (
            f"from coursekit.judge import learner_end\nlearner_end.connect({path!r})",
            KERNEL,
        ):
            reply = client.execute(source, reply=True, timeout=60)
            assert reply["content"]["status"] == "ok"
        asked = client.execute("learner_end.serve()", silent=True)
        report = judge.grade("double")
        assert report.status == "passed", report.text()
        while (reply := client.get_shell_msg(timeout=60))["parent_header"][
            "msg_id"
        ] != asked:
            continue
        assert reply["content"]["status"] == "ok"
        client.execute("learner_end.serve()", silent=True)
        assert judge.grade("quiz").status == "not attempted"
    finally:
        judge.close()
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_what_hidden_checks_import_is_ready_before_the_first_judge(tmp_path):
    checks = tmp_path / "solutions" / NAME / "checks.py"
    checks.parent.mkdir(parents=True)
    checks.write_text(
        "import random\nimport session1.replay\n"
        "from coursekit.core.counting import (\n    Counts,\n)\n"
    )
    found = judge_server._imported_by_checks(tmp_path)
    assert found - judge_server.WARM == {"session1.replay", "coursekit.core.counting"}
