"""Whatever is given to us may fail; what it only helps with goes on without it."""

import logging
from types import TracebackType

log = logging.getLogger(__name__)


class Unharmed:
    """A block that ends where `what` raises an Exception, and goes on after it.

    `errors` counts those. The first is logged; one in each request would flood the log.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.errors = 0

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.errors += 1
        if self.errors == 1:
            log.warning("%s failed", self.what, exc_info=error)
        return True
