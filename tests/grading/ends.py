"""Both ends of a link in one process."""

import contextlib
import socket
import threading

from coursekit.grading import near, wire
from coursekit.grading.link import Link
from coursekit.grading.near import MOST
from coursekit.record import Record


@contextlib.contextmanager
def both_ends(names):
    """The judge's end of a link whose learner's end serves `names` in a thread."""
    ours, theirs = socket.socketpair()
    served = near.Link(wire.Wire(theirs, MOST), names, Record(None))
    thread = threading.Thread(target=_serve, args=(served,))
    thread.start()
    link = Link(ours)
    try:
        yield link
        if not link.broken:
            link.end_exercise()
    finally:
        ours.close()
        thread.join()
        theirs.close()


def _serve(served):
    with contextlib.suppress(wire.Gone, OSError):
        served.serve()
