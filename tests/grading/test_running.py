"""Cells in kernels: a dead or stuck one costs itself, output is bounded."""

import json
from pathlib import Path

import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.core.report import Criterion, Report
from coursekit.grading import kernel
from coursekit.grading.kernel import MAX_PRINTED, NotebookKernel
from coursekit.grading.notebook_runner import Ran, Runner
from coursekit.sandbox.limits import Limits

pytestmark = pytest.mark.slow


class Asked:
    """A judge that passes every exercise, but for those whose kernel it loses."""

    def __init__(self, *lost: str) -> None:
        self.lost, self.asked, self.kernels, self.pids = lost, [], 0, []

    def attach(self, kernel: NotebookKernel) -> None:
        self.kernels += 1
        self.pids.append(kernel.box.pid)

    def grade(self, kernel: NotebookKernel, exercise: str, seconds: float) -> Report:
        self.asked.append(exercise)
        status = "crashed" if exercise in self.lost else "passed"
        return Report.of(exercise, 0, status=status)


def cell(source: str, **meta: object) -> NotebookNode:
    """A code cell."""
    return new_code_cell(source, metadata=meta)


def judged(name: str) -> NotebookNode:
    """A test cell, which would fail if it were run."""
    mark = {"grade": True, "solution": False, "grade_id": f"test_{name}"}
    return cell("raise SystemError", nbgrader=mark)


def run(
    cells: list[NotebookNode], folder: Path, judge: Asked, limits: Limits
) -> tuple[Ran, list[int]]:
    """What came of the cells, and what the tick was told."""
    told: list[int] = []
    notebook = new_notebook(cells=cells)
    return Runner(notebook, folder, judge, limits, tick=told.append).run(), told


def test_dead_kernel_and_endless_loop_cost_only_their_cells(tmp_path: Path) -> None:
    cells = [
        cell("kept = [1]"),
        cell("import os; os._exit(3)"),
        judged("one"),
        cell("print('x' * 1_100_000)"),
        cell("kept.append(2)"),
        cell("while True: pass"),
        judged("two"),
        cell("kept.append('shown')", tags=["shown"]),
        cell("kept"),
    ]
    judge = Asked("two")
    ran, told = run(cells, tmp_path, judge, Limits(cell_wall=3))
    why = "It was stopped: it used more than 3 s in one cell."
    assert ran.ended == {1: ("crashed", ""), 5: ("timed out", why)}
    assert {r.exercise: r.status for r in ran.reports.values()} == {
        "one": "passed",
        "two": "crashed",
    }
    assert judge.asked == ["one", "two"], "no test is asked again"
    assert judge.kernels == ran.kernels == 4
    assert cells[8].outputs[0].data["text/plain"] == "[1, 2]"
    assert len(json.dumps(cells[3].outputs)) <= MAX_PRINTED
    assert not cells[2].outputs
    assert told[-1] == len(cells)


def test_a_repeated_cell_that_dies_costs_no_points_it_has(tmp_path: Path) -> None:
    dies = "import os\nif os.path.exists('mark'): os._exit(1)"
    cells = [
        cell(dies, nbgrader={"grade_id": "one", "solution": True}),
        judged("one"),
        cell("import os; os._exit(1)", nbgrader={"grade_id": "two", "solution": True}),
        judged("two"),
        judged("three"),
    ]

    class Marking(Asked):
        """Has the first answer fail from now on."""

        def grade(
            self, kernel: NotebookKernel, exercise: str, seconds: float
        ) -> Report:
            (tmp_path / "mark").touch()
            return super().grade(kernel, exercise, seconds)

    judge = Marking()
    ran, _ = run(cells, tmp_path, judge, Limits())
    assert judge.asked == ["one", "two", "three"]
    assert list(ran.ended) == [2]
    assert ran.reports["one"].status == "passed"
    assert ran.kernels == 3


def test_one_that_has_ended_is_not_waited_for(tmp_path: Path) -> None:
    class Ends(Asked):
        """Asks a kernel that ends for an answer, for longer than tests may take."""

        def grade(
            self, kernel: NotebookKernel, exercise: str, seconds: float
        ) -> Report:
            sent = kernel.send("__import__('os')._exit(0)")
            assert not kernel.answered(sent, 3600) and kernel.ended
            kernel.gone = True
            return super().grade(kernel, exercise, seconds)

    judge = Ends()
    ran, _ = run([judged("one"), judged("two")], tmp_path, judge, Limits())
    assert judge.asked == ["one", "two"] and ran.kernels == 2


def test_the_time_of_the_whole_notebook_ends_it(tmp_path: Path) -> None:
    cells = [cell("x = 1"), cell("while True: pass"), judged("one"), cell("x")]
    ran, _ = run(cells, tmp_path, Asked(), Limits(wall=2.5))
    assert ran.out_of_time
    assert not ran.reports
    assert not cells[3].outputs


def test_no_kernel_is_left(tmp_path: Path) -> None:
    judge = Asked()
    cells = [cell("1 / 0"), judged("one")]
    run(cells, tmp_path, judge, Limits())
    assert cells[0].outputs[0].ename == "ZeroDivisionError"
    (pid,) = judge.pids
    assert not psutil.pid_exists(pid)


def test_a_limit_that_was_passed_is_named(tmp_path: Path) -> None:
    cells = [cell("import time; x = bytearray(500_000_000); time.sleep(60)"), cell("2")]
    ran, _ = run(cells, tmp_path, Asked(), Limits(memory=300))
    assert ran.ended == {
        0: ("crashed", "It was stopped: it used more than 300 MB of memory.")
    }
    assert cells[1].outputs[0].data["text/plain"] == "2"


def test_a_flood_past_pythons_streams_costs_nothing_but_output(tmp_path: Path) -> None:
    flood = "import os\nfor _ in range(300):\n    os.write(1, b'x' * 100_000)"
    cells = [cell(f"{flood}\n    os.write(2, b'x' * 100_000)\nkept = 7"), judged("one")]
    cells += [cell("assert kept == 7"), judged("two")]
    ran, _ = run(cells, tmp_path, Asked(), Limits(cell_wall=30))
    assert ran.ended == {}
    assert ran.kernels == 1
    assert len(json.dumps(cells[0].outputs)) <= MAX_PRINTED + 10_000
    assert sorted(ran.reports) == ["one", "two"]


def test_output_of_a_whole_notebook_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "MAX_SHOWN", 50_000)
    flood = "import os\nfor _ in range(4): print('x' * 5_000, flush=True)"
    cells = [cell(flood) for _ in range(5)]
    cells.insert(2, cell(f"{flood}\nos._exit(1)"))  # what ran is run again
    run(cells, tmp_path, Asked(), Limits())
    assert 40_000 < len(json.dumps([c.outputs for c in cells])) < 60_000
    assert cells[1].outputs and cells[2].outputs and not cells[-1].outputs


def test_no_part_of_an_output_is_kept_without_those_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernel, "MAX_SHOWN", 900)
    made = [cell("1"), cell("2")]
    client = NotebookKernel(new_notebook(cells=made))
    client.reset_execution_trackers()
    client.clear_before_next_output = False
    for one in made:
        client.kept = 0
        for text in ("x" * 500, "\n") * 2:  # a busy kernel sends a line in two parts
            content = {"name": "stdout", "text": text}
            head = {"msg_type": "stream"}
            message = head | {"header": head, "parent_header": {}, "content": content}
            client.output(one.outputs, message, "", 0)
    assert [[len(shown.text) for shown in one.outputs] for one in made] == [
        [500, 1],
        [],
    ]


def test_one_display_in_many_places_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "MAX_PRINTED", 20_000)
    again = (
        "for n in range(100): h.update({'text/plain': f'{n} ' + 'x' * 900}, raw=True)"
    )
    cells = [
        cell("h = display({'text/plain': 'x'}, raw=True, display_id='a')"),
        cell(f"{again}\nprint('kept')"),  # one in place of another takes no room
        cell("for _ in range(30): display({}, raw=True, display_id='b')"),
        cell("display({'text/plain': 'x' * 9_000}, raw=True, display_id='b')"),
    ]
    run(cells, tmp_path, Asked(), Limits())
    assert cells[0].outputs[0].data["text/plain"].startswith("99 ")
    assert cells[1].outputs[0].text == "kept\n"
    assert len(json.dumps([c.outputs for c in cells])) < 20_000


def test_what_is_shown_is_text_and_pictures_that_can_be_saved(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    shown = f"""import json
get_ipython().kernel.session.pack = lambda obj: json.dumps(obj, default=str).encode()
for kind in ("html", "markdown", "latex", "plain"):
    display({{f"text/{{kind}}": "{bad} \\ud800"}}, raw=True)
picture = {{"image/png": "aGVq", "application/json": [[[1]]]}}
display(picture, metadata={{"a": 1}}, raw=True)
"""
    made = cell(shown)
    run([made], tmp_path, Asked(), Limits())
    data = [output.data for output in made.outputs]
    assert data == [{}, {}, {}, {"text/plain": f"{bad} ?"}, {"image/png": "aGVq"}]
    assert not any(output.metadata for output in made.outputs)


ASKS = (
    "import asyncio\nasyncio.get_running_loop().stop()\nawait asyncio.sleep(0)",
    *("exit()", "quit()", "get_ipython().ask_exit()"),
    *("get_ipython().kernel.do_shutdown(True)", "get_ipython().kernel.io_loop.stop()"),
    "import asyncio\nasyncio.get_event_loop().stop()",
)


def test_a_kernel_that_is_asked_to_end_goes_on(tmp_path: Path) -> None:
    wait = "import time; time.sleep(0.2)"  # exit() takes effect after 0.1 s
    cells = [cell("x = 1"), *map(cell, ASKS), cell(wait), cell("x"), judged("one")]
    ran, _ = run(cells, tmp_path, Asked(), Limits())
    assert ran.kernels == 1 and not ran.ended
    assert ran.asked == set(range(1, len(ASKS) + 1))
    assert cells[-2].outputs[0].data["text/plain"] == "1"


def test_what_cells_do_to_their_streams_stays_their_own(tmp_path: Path) -> None:
    spoils = "import sys\nsys.stdout.close()", "sys.stdout = sys.stderr = None"
    cells = [*map(cell, spoils), cell("print('here')")]
    ran, _ = run(cells, tmp_path, Asked(), Limits())
    assert ran.kernels == 1 and cells[-1].outputs[0].text == "here\n"


def answer(name: str, source: str) -> NotebookNode:
    """An answer's cell."""
    return cell(source, nbgrader={"grade_id": name, "solution": True})


@pytest.mark.parametrize(
    "late",
    [
        "import os, threading\nthreading.Timer(0.1, os._exit, (0,)).start()",
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.1)",
        "import asyncio, os\nasyncio.get_event_loop().call_later(0.1, os._exit, 0)",
    ],
)
def test_what_was_left_at_work_is_to_blame(late: str, tmp_path: Path) -> None:
    innocent = "import asyncio\nawait asyncio.sleep(1)"
    cells = [
        *(answer("one", late), judged("one"), cell(innocent), judged("two")),
        *(answer("three", innocent), judged("three")),
    ]
    judge = Asked()
    ran, _ = run(cells, tmp_path, judge, Limits())
    assert {i: status for i, (status, _) in ran.ended.items()} == {0: "crashed"}
    assert "at work" in ran.ended[0][1]
    assert set(ran.reports) == {"two", "three"}
    assert ran.kernels == 2


def test_what_is_at_work_is_not_to_blame_for_what_dies_without_it(
    tmp_path: Path,
) -> None:
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,))"
    cells = [
        *(answer("one", f"{thread}.start()\nx = 1"), judged("one")),
        *(answer("two", "import os; os._exit(1)"), judged("two")),
        *(cell("x"), judged("three")),
    ]
    ran, _ = run(cells, tmp_path, Asked(), Limits())
    assert ran.ended == {2: ("crashed", "")}
    assert set(ran.reports) >= {"one", "three"}
    assert cells[4].outputs[0].data["text/plain"] == "1"


PUT_BACK = [
    "get_ipython().run_cell = None",
    "get_ipython().run_cell_async = None",
    "type(get_ipython()).run_cell_async = None",
    "get_ipython().kernel.do_execute = None",
    "get_ipython().kernel.session.send = None",
    "get_ipython().payload_manager.write_payload = None",
    "import json\njson.dumps = json.loads = None",
    "import marshal\nmarshal.loads = None",
    "from coursekit.judge import learner_end\nlearner_end.serve = None",
    "import zmq\nzmq.Socket.send_multipart = None",
    "import os\nget_ipython().events.register('pre_execute', lambda: os._exit(0))",
    "import os\nget_ipython().events.register('pre_run_cell', os.abort)",
]
STAYS = [
    "import os\nos.remove('given.txt')",
    "import os\nos.chdir('/')",
    "import os\nos.environ.clear()",
    "import builtins\nbuiltins.print = None",
    "import builtins\nbuiltins.sum = lambda items: 0",
    "import time\ntime.time = lambda: 0",
    "import asyncio\nasyncio.sleep = asyncio.gather = None",
    "import threading\nthreading.Thread.start = None",
    "import socket\nsocket.setdefaulttimeout(0.5)",
    "import decimal\ndecimal.getcontext().prec = 1",
    "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))",
    "import sys\nsys.path.clear()",
    "import sys\ndel sys.modules['json']",
    "global asyncio\nasyncio = 3",
    "global max\nmax = 3",
    "get_ipython().reset(new_session=False)",
]


class Calls(Asked):
    """A judge that calls what the cell before it has defined."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: list[str] = []

    def grade(self, kernel: NotebookKernel, exercise: str, seconds: float) -> Report:
        assert kernel.answered(kernel.send("work()"), 60), (exercise, kernel.reply)
        self.changed.append(kernel.changed)
        return super().grade(kernel, exercise, seconds)


def test_what_code_changes_for_all_cells_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "given.txt").write_text("given")
    tampers = PUT_BACK + STAYS
    cells = [cell("import asyncio")]
    for name, code in enumerate(tampers):
        body = code.replace("\n", "\n    ")
        cells += [cell(f"def work():\n    {body}"), judged(str(name))]
    judge = Calls()
    ran, _ = run(
        [*cells, cell("def work(): 1"), judged("none")], tmp_path, judge, Limits()
    )
    assert ran.kernels == 1 and not ran.ended
    assert [
        x for x, said in zip(tampers, judge.changed, strict=False) if not said
    ] == []
    assert len(judge.changed) == len(tampers) + 1


class Wants(Asked):
    """A judge that gives a point where the kernel is as it should be."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted

    def grade(self, kernel: NotebookKernel, exercise: str, seconds: float) -> Report:
        fine = exercise == "one" or kernel.answered(kernel.send(self.wanted), 60)
        point = Criterion("it is there", float(fine), 1)
        return Report.of(exercise, 1, [point])


@pytest.mark.parametrize("own", [True, False])
def test_what_a_cell_changes_costs_no_other_one(own: bool, tmp_path: Path) -> None:
    change = "import os\nos.chdir('/')"
    first = [answer("one", change)] if own else [cell(change, learners_own=True)]
    cells = [*first, judged("one"), answer("two", "y = 2"), judged("two")]
    cells += [cell("x = 1"), answer("three", "1 / 0"), judged("three")]
    judge = Wants("import os\nassert os.getcwd() != '/' and y")
    ran, _ = run(cells, tmp_path, judge, Limits())
    assert {name: r.score for name, r in ran.reports.items()} == dict.fromkeys(
        ("one", "two", "three"), 1
    )
    assert ran.changed == {0: "the current folder"} and ran.kernels == 2


def test_what_changed_nothing_for_the_worse_stays(tmp_path: Path) -> None:
    change = "import os\nos.environ['TZ'] = 'UTC'\nx = 1"
    cells = [answer("one", change), judged("one")]
    for name in ("two", "three"):
        cells += [answer(name, f"{name} = 1"), judged(name)]
    judge = Wants("assert three and x")
    ran, _ = run(cells, tmp_path, judge, Limits())
    scores = {name: r.score for name, r in ran.reports.items()}
    assert scores == {"one": 1, "two": 0, "three": 1}
    assert not ran.changed and ran.kernels == 3


def test_what_a_cell_defines_anew_costs_no_other_one(tmp_path: Path) -> None:
    cells = [cell("two = 2"), answer("one", "two = 3\nx = 1"), judged("one")]
    cells += [answer("three", "z = 3"), judged("three")]
    cells += [answer("four", "1 / 0"), judged("four")]
    judge = Wants("assert two == 2 and z")
    folder, limits = tmp_path, Limits()
    runner = Runner(
        new_notebook(cells=cells), folder, judge, limits, redefined={1: "two"}
    )
    ran = runner.run()
    assert {name: r.score for name, r in ran.reports.items()} == dict.fromkeys(
        ("one", "three", "four"), 1
    )
    assert ran.changed == {1: "two"} and ran.kernels == 2
