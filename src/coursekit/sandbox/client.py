"""A client for kernels of the box: takes in a bounded amount, knows when they start."""

import asyncio
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient

from coursekit.sandbox.limits import MB, Limits

WAITING = 50  # messages of a channel that wait to be read
PATIENCE = 1.0  # seconds without an answer after which to ask again


class Client(AsyncKernelClient):
    """A client that bounds what a kernel sends while nobody reads: size x WAITING.

    It is ready when the kernel answers and its output reaches us. The usual client then
    listens another 0.2 s for output of an earlier client; here there was none.
    """

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Connect; a kernel that sends a longer message is cut off."""
        provisioner = getattr(self.parent, "provisioner", None)
        most = getattr(provisioner, "message", Limits().message)
        # the client's sockets are of a context of its own, not of its manager's
        self.context.setsockopt(zmq.MAXMSGSIZE, most * MB)
        self.context.setsockopt(zmq.RCVHWM, WAITING)
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives; RuntimeError if not."""
        try:
            await asyncio.wait_for(self._connected(), timeout)
        except TimeoutError as error:
            said = "The kernel has died" if not await self.is_alive() else "No answer"
            raise RuntimeError(f"{said} before it was ready.") from error

    async def _connected(self) -> None:
        """Ask again until answered: output sent before we listen is lost."""
        asked: set[str] = set()
        while True:
            asked.add(self.kernel_info())
            if await self._heard(self.get_shell_msg, "kernel_info_reply", asked):
                break
        while not await self._heard(self.get_iopub_msg, "status", asked):
            asked.add(self.kernel_info())

    async def _heard(self, receive: Any, kind: str, asked: set[str]) -> bool:
        """Read up to the message of `kind`; False when none comes, for now.

        An idle status ends the output of the start.
        """
        while True:
            try:
                message = await receive(timeout=PATIENCE)
            except Empty as error:
                if not await self.is_alive():
                    raise TimeoutError from error
                return False
            idle = message["content"].get("execution_state", "idle") == "idle"
            own = message["parent_header"].get("msg_id") in asked
            if message["msg_type"] == kind and own and idle:
                return True
