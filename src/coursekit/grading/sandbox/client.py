"""A client that knows when a kernel of the box is ready, without a wait."""

from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient


class Client(AsyncKernelClient):
    """Ready when the kernel has greeted our subscription to its output.

    The usual client then listens another 0.2 s for output of an earlier client; here
    there was none.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Until the kernel answers and its output reaches us; RuntimeError when not."""
        asked = self.kernel_info()
        try:
            await self._heard(self.get_shell_msg, "kernel_info_reply", asked, timeout)
            await self._heard(self.get_iopub_msg, "status", asked, timeout)
        except (TimeoutError, Empty) as error:
            said = "The kernel has died" if not await self.is_alive() else "No answer"
            raise RuntimeError(f"{said} before it was ready.") from error

    async def _heard(
        self, receive: Any, kind: str, asked: str, timeout: float | None
    ) -> None:
        """Read up to the message of `kind`; an idle status ends the start's output."""
        while True:
            message = await receive(timeout=timeout)
            idle = message["content"].get("execution_state", "idle") == "idle"
            own = message["parent_header"].get("msg_id") == asked
            if message["msg_type"] == kind and own and idle:
                return
