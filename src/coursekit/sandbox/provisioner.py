"""Kernels of jupyter_client in the box: any tool of nbclient's gets them by this name.

`JUPYTER_DEFAULT_PROVISIONER_NAME=coursekit-sandbox` turns it on, or `register()`.
"""

import os
import signal
from dataclasses import fields
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import (
    KernelProvisionerBase,
    KernelProvisionerFactory,
)
from traitlets import Float, Integer

from coursekit.sandbox import choose
from coursekit.sandbox.kernel import Kernel
from coursekit.sandbox.limits import Limits

NAME = "coursekit-sandbox"
CHOSEN_BY = "JUPYTER_DEFAULT_PROVISIONER_NAME"
PASSED_ON = ("NBGRADER_EXECUTION",)  # of the environment; the rest is the grader's
_CLIENT = "coursekit.sandbox.client.Client"
_DEFAULT = Limits()


class SandboxProvisioner(KernelProvisionerBase):
    """Starts a kernel in the box; its limits are options of the same names.

    `provisioner.kernel` is the running kernel (`sandbox.kernel.Kernel`).
    """

    memory = Integer(_DEFAULT.memory, help="MB of memory").tag(config=True)
    processes = Integer(_DEFAULT.processes, help="processes").tag(config=True)
    cell_cpu = Float(_DEFAULT.cell_cpu, help="CPU seconds a cell").tag(config=True)
    cell_wall = Float(_DEFAULT.cell_wall, help="seconds a cell").tag(config=True)
    cpu = Float(_DEFAULT.cpu, help="CPU seconds in all").tag(config=True)
    wall = Float(_DEFAULT.wall, help="seconds in all").tag(config=True)
    file = Integer(_DEFAULT.file, help="MB of one file").tag(config=True)
    disk = Integer(_DEFAULT.disk, help="MB of all files").tag(config=True)
    files = Integer(_DEFAULT.files, help="files and folders").tag(config=True)
    open_files = Integer(_DEFAULT.open_files, help="open files").tag(config=True)
    message = Integer(_DEFAULT.message, help="MB of a message").tag(config=True)

    kernel: Kernel | None = None
    folder: Path | None = None

    @property
    def limits(self) -> Limits:
        """The limits that the options give."""
        return Limits(**{f.name: getattr(self, f.name) for f in fields(Limits)})

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel."""
        return self.kernel is not None

    @property
    def process(self) -> Kernel | None:
        """The kernel: it has `kill`, `wait` and `poll` like any process."""
        return self.kernel

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Sockets in a private folder, bounded messages, a client that waits less."""
        manager: Any = self.parent
        if self.folder is None:
            self.folder = choose.launcher().new_folder()
        manager.cache_ports = False
        manager.transport, manager.ip = "ipc", str(self.folder / "i")
        for number, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1):
            setattr(manager, f"{name}_port", number)
        if isinstance(manager, AsyncKernelManager):
            manager.client_class = _CLIENT
        self.connection_info = manager.get_connection_info()
        kwargs.pop("extra_arguments", None)
        return await super().pre_launch(cmd=["in the box"], **kwargs)

    async def launch_kernel(
        self, cmd: list[str], **kwargs: Any
    ) -> KernelConnectionInfo:
        """A fresh kernel; the plain files of `cwd` are copied into its own folder."""
        given = kwargs.get("env") or {}
        key = self.connection_info["key"]
        self.kernel = choose.launcher().start(
            {**self.connection_info, "key": _text(key)},
            Path(kwargs["cwd"]) if kwargs.get("cwd") else None,
            limits=self.limits,
            env={name: given[name] for name in PASSED_ON if name in given},
            folder=self.folder,
        )
        return self.connection_info

    async def poll(self) -> int | None:
        """None while the kernel lives."""
        return self.kernel.poll() if self.kernel else 0

    async def wait(self) -> int | None:
        """Wait until nothing of the kernel is left."""
        if self.kernel is None:
            return 0
        kernel, self.kernel = self.kernel, None
        kernel.close()
        return kernel.returncode

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel, or end it: there is no other way to reach it."""
        if self.kernel and signum == signal.SIGINT:
            self.kernel.interrupt()
        elif signum:
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel with everything it started."""
        if self.kernel:
            self.kernel.kill()

    async def terminate(self, restart: bool = False) -> None:
        """The same: learner code is not asked to end."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what the kernel used."""
        if self.kernel:
            self.kernel.close()
        if self.folder and not restart:
            choose.remove(self.folder)
            self.folder = None


def _text(key: bytes | str) -> str:
    return key.decode() if isinstance(key, bytes) else key


def offer() -> None:
    """Register the box under its name, for kernels that ask for it."""
    value = f"{__name__}:{SandboxProvisioner.__name__}"
    entry = EntryPoint(NAME, value, KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.provisioners[NAME] = entry


def register() -> None:
    """Make this process's kernels start in the box."""
    os.environ[CHOSEN_BY] = NAME
    offer()
    if KernelProvisionerFactory.initialized():
        KernelProvisionerFactory.instance().default_provisioner_name = NAME
