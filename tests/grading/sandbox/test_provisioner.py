"""The box behind jupyter_client: nbclient gets its kernels there."""

import threading
import time
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import nbformat
import psutil
import pytest
import zmq
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from traitlets.config import Config

from coursekit.sandbox import choose
from coursekit.sandbox.box import Box
from coursekit.sandbox.kernel import StartFailed
from coursekit.sandbox.limits import Limits
from coursekit.sandbox.provisioner import (
    CHOSEN_BY,
    NAME,
    SandboxProvisioner,
    register,
)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def boxed(warm_box: Box, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kernels of this process start in the box, for one test."""
    monkeypatch.setattr(choose, "boxed", lambda: warm_box)
    monkeypatch.setenv(CHOSEN_BY, "")
    register()
    yield
    KernelProvisionerFactory.clear_instance()


def client(cells: list[str], **options: object) -> NotebookClient:
    """A client of a notebook with these cells; a kernel starts when it is run."""
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, cells))
    )
    return NotebookClient(notebook, kernel_name="python3", timeout=60, **options)


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell printed."""
    return [
        "".join(o.get("text", "") for o in cell.outputs).strip()
        for cell in notebook.cells
    ]


def test_a_notebook_runs_with_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("42")
    runner = client(["print(open('data.txt').read())", "open('new', 'w').close()"])
    notebook = runner.execute(cwd=str(tmp_path))
    assert printed(notebook) == ["42", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["data.txt"]


def test_pictures_and_results_come_out() -> None:
    runner = client(
        ["from matplotlib import pyplot as p\np.plot([1])\np.show()", "6 * 7"]
    )
    cells = runner.execute().cells
    assert any("image/png" in o.get("data", {}) for o in cells[0].outputs)
    assert cells[1].outputs[0].data["text/plain"] == "42"


def test_a_dead_kernel_is_told_and_its_folder_goes() -> None:
    runner = client(["import os", "os._exit(1)"])
    folder = choose.boxed().folder.path
    before = set(folder.iterdir())
    with pytest.raises(DeadKernelError):
        runner.execute()
    assert set(folder.iterdir()) == before


def test_limits_are_options_and_say_why() -> None:
    config = Config({"SandboxProvisioner": {"cpu": 0.7, "memory": 512}})
    runner = client(["while True: pass"], config=config)
    with runner.setup_kernel():
        kernel = runner.km.provisioner.kernel
        assert kernel.limits == Limits(cpu=0.7, memory=512)
        with pytest.raises(DeadKernelError):
            runner.execute_cell(runner.nb.cells[0], 0)
        assert kernel.why == "more than 0.7 s of processor time for the notebook"


def test_every_limit_is_an_option() -> None:
    assert set(Limits.__slots__) <= set(
        SandboxProvisioner.class_trait_names(config=True)
    )
    assert SandboxProvisioner(kernel_spec=None).limits == Limits()


def test_output_that_is_listened_to_late_is_asked_for_again() -> None:
    runner = client(["print(1)"])
    with runner.setup_kernel():
        socket = runner.kc.iopub_channel.socket
        socket.setsockopt(zmq.UNSUBSCRIBE, b"")
        listen = threading.Timer(1.5, socket.setsockopt, [zmq.SUBSCRIBE, b""])
        listen.start()
        run_sync(runner.kc.wait_for_ready)(timeout=30)
        listen.join()
        runner.execute_cell(runner.nb.cells[0], 0)
    assert printed(runner.nb) == ["1"]


def test_a_cell_that_takes_too_long_is_interrupted() -> None:
    runner = client(["import time; time.sleep(60)", "print(1)"], allow_errors=True)
    runner.interrupt_on_timeout, runner.timeout = True, 1
    with runner.setup_kernel():
        runner.execute_cell(runner.nb.cells[0], 0)
        runner.timeout = 60
        runner.execute_cell(runner.nb.cells[1], 1)
    assert runner.nb.cells[0].outputs[-1].ename == "KeyboardInterrupt"
    assert printed(runner.nb)[1] == "1"


def test_a_flood_of_large_messages_does_not_fill_the_grader() -> None:
    flood = """
from IPython.display import display
for n in range(400): display({"text/plain": "x" * 7_000_000}, raw=True)
"""
    runner = client([], config=Config({"SandboxProvisioner": {"message": 8}}))
    with runner.setup_kernel():
        before = psutil.Process().memory_info().rss
        runner.kc.execute(flood)
        kernel = runner.km.provisioner.kernel
        most = 0
        for _ in range(60):  # nobody reads meanwhile; unbounded it was 2.8 GB
            time.sleep(0.05)
            most = max(most, psutil.Process().memory_info().rss - before)
        assert kernel.pid and most < 600e6


def test_a_warm_process_that_ended_is_replaced(warm_box: Box) -> None:
    zygote = warm_box._zygote
    assert zygote is not None
    zygote.process.kill()
    zygote.process.wait()
    assert printed(client(["print(1)"]).execute()) == ["1"]


def test_a_warm_process_that_could_not_be_replaced_is_tried_again(
    warm_box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_args: object) -> None:
        raise StartFailed("too late")

    zygote = warm_box._zygote
    assert zygote is not None
    zygote.process.kill()
    zygote.process.wait()
    with monkeypatch.context() as patch:
        patch.setattr(warm_box, "_open", late)
        for _ in range(2):
            with pytest.raises(StartFailed):
                warm_box._running()
    assert printed(client(["print(1)"]).execute()) == ["1"]


def test_it_is_installed_by_name() -> None:
    project = tomllib.loads(
        (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    group = project["entry-points"][KernelProvisionerFactory.GROUP_NAME]
    entry = EntryPoint(NAME, group[NAME], KernelProvisionerFactory.GROUP_NAME)
    assert entry.load() is SandboxProvisioner
