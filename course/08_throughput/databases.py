"""A database that allows few connections, for the tests of `Connections`.

Each scene returns what came of it; everything is counted on virtual time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

MakePool = Callable[..., Any]
ERRORS = (Exception, asyncio.CancelledError)
ASKING = 0.01  # seconds until a connection has said whether it is alive
ROLLING = 0.1  # seconds for a rollback


class Server:
    """At most `most` connections; it counts them, and may be restarted."""

    def __init__(self, most: int, bad: int = 0) -> None:
        self._allowed, self._bad = most, bad
        self.connects = self.refused = self.served = self.met_dead = 0
        self._open: list[Connection] = []

    @property
    def open(self) -> int:
        """Connections that nobody has closed."""
        return len(self._open)

    async def connect(self) -> "Connection":
        """Open a connection, in its time; ConnectionError if there are too many."""
        await asyncio.sleep(0.05)
        if self._bad:
            self._bad -= 1
            raise OSError("no route to the database")
        if len(self._open) >= self._allowed:
            self.refused += 1
            raise ConnectionError("too many clients already")
        self.connects += 1
        made = Connection(self)
        self._open.append(made)
        return made

    def restart(self) -> None:
        """Break all connections that there are; they count until they are closed."""
        for connection in self._open:
            connection._dead = True
        self._allowed += len(self._open)


class Connection:
    """A connection with a transaction, which an error or a cancellation breaks."""

    def __init__(self, server: Server) -> None:
        self._server, self._dead, self._dirty = server, False, False

    async def query(self, seconds: float, error: Any = None) -> str:
        """Work for a while, then answer or fail."""
        if self._dead:
            self._server.met_dead += 1
            raise ConnectionError("the server closed the connection")
        if self._dirty:
            raise RuntimeError("the transaction of somebody else is still open")
        self._dirty = True
        await asyncio.sleep(seconds)
        if error is not None:
            raise error
        self._dirty = False
        self._server.served += 1
        return "a row"

    async def rollback(self) -> None:
        """Undo what is not committed, so that the next user starts afresh."""
        await asyncio.sleep(ROLLING)
        self._dirty = False

    async def alive(self) -> bool:
        """Whether the server still answers, which takes it a moment."""
        await asyncio.sleep(ASKING)
        return not self._dead

    async def close(self) -> None:
        """Let go of it."""
        if self in self._server._open:
            self._server._open.remove(self)
            if self._dead:
                self._server._allowed -= 1


def job(seconds: float, error: Any = None) -> Callable[[Any], Awaitable[str]]:
    """Work for a connection: `await work(connection)`."""

    async def work(connection: Any) -> str:
        answer: str = await connection.query(seconds, error)
        return answer

    return work


async def end(call: Awaitable[Any]) -> Any:
    """What a call gives, or the name of its error."""
    try:
        return await call
    except ERRORS as error:
        return type(error).__name__


async def crowd(make_pool: MakePool, most: int, users: int) -> Any:
    """More users at once than connections are allowed, twice."""
    server = Server(most)
    pool = make_pool(server.connect, most)
    for _ in range(2):
        jobs = [pool.run(job(1)) for _ in range(users)]
        await asyncio.gather(*map(end, jobs))
    return {
        "answers": server.served,
        "refused by the server": server.refused,
        "connects": server.connects,
    }


async def failing(make_pool: MakePool, most: int, errors: Sequence[Any]) -> Any:
    """Queries that fail, then as many that do not."""
    server = Server(most)
    pool = make_pool(server.connect, most)
    told = [await end(pool.run(job(0.1, error))) for error in errors]
    for _ in errors:
        await end(pool.run(job(0.1)))
    return {
        "told": told,
        "answers afterwards": server.served,
        "open in the end": server.open,
        "connects": server.connects,
        "told while another rolls back": await _meanwhile(make_pool),
    }


async def _meanwhile(make_pool: MakePool) -> Any:
    """What a user gets who comes while the connection of another is rolled back."""
    pool = make_pool(Server(2).connect, 2)
    first = asyncio.ensure_future(end(pool.run(job(0.1, ValueError("no")))))
    await asyncio.sleep(0.15 + ROLLING / 2)
    told = await end(pool.run(job(1)))
    await first
    return told


def failed(*names: str) -> dict[str, Any]:
    """What `failing` has to come to."""
    counts = {"answers afterwards": len(names), "open in the end": 1, "connects": 1}
    told = {"told": list(names), "told while another rolls back": "a row"}
    return {**told, **counts}


async def cancelled(make_pool: MakePool, most: int, users: int) -> Any:
    """Users who give up, at work and in the line; then others.

    Then some who give up while an idle connection is asked, and others again.
    """
    server = Server(most)
    pool = make_pool(server.connect, most)

    async def leave(after: float) -> int:
        tasks = [asyncio.ensure_future(end(pool.run(job(9)))) for _ in range(users)]
        await asyncio.sleep(after)
        for task in tasks:
            task.cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        return told.count("CancelledError")

    async def soon() -> Any:
        async with asyncio.timeout(100):
            return await pool.run(job(1))

    found = {"cancelled": await leave(3)}
    await asyncio.gather(*[end(soon()) for _ in range(users)])
    found |= {"answers afterwards": server.served, "connects": server.connects}
    await leave(ASKING / 2)
    await asyncio.gather(*[end(soon()) for _ in range(users)])
    answers = server.served - found["answers afterwards"]
    return {**found, "answers after some who left while one was asked": answers}


def left(most: int, users: int) -> dict[str, Any]:
    """What `cancelled` has to come to."""
    found = {"cancelled": users, "answers afterwards": users, "connects": most}
    return {**found, "answers after some who left while one was asked": users}


async def restarted(make_pool: MakePool, most: int, times: int) -> Any:
    """The server restarts while connections are idle; one user comes, then more."""
    server = Server(most)
    pool = make_pool(server.connect, most)
    told = []
    for _ in range(times + 1):
        told.append(await end(pool.run(job(1))))
        jobs = [pool.run(job(1)) for _ in range(most)]
        told += await asyncio.gather(*map(end, jobs))
        server.restart()
    return {
        "answers": sum(x == "a row" for x in told),
        "work that met a dead one": server.met_dead,
        "connects": server.connects,
        "open in the end": server.open,
    }


async def unreachable(make_pool: MakePool, most: int, bad: int) -> Any:
    """The server cannot be reached for a while."""
    server = Server(most, bad)
    pool = make_pool(server.connect, most)

    async def soon() -> Any:
        async with asyncio.timeout(100):
            return await pool.run(job(1))

    told = [await end(soon()) for _ in range(bad)]
    await asyncio.gather(*[end(soon()) for _ in range(most)])
    return {"told": told, "answers afterwards": server.served}


def _about_crowd(got: Any, right: Any) -> str:
    if got["refused by the server"] and got["answers"] == right["connects"]:
        return "a connection comes back after work that went well, too: `finally`"
    if got["refused by the server"]:
        return "a semaphore of `most` slots, taken before `connect`: the others wait"
    if got["connects"] > right["connects"]:
        return "look for an idle connection before you open one"
    if got["connects"] < right["connects"]:
        return "as many slots as connections are allowed: `asyncio.Semaphore(most)`"
    return "all users are served, and get what `work` gives"


def _about_failing(got: Any, right: Any) -> str:
    if "RuntimeError" in got["told"] and got["told"][0] == right["told"][0]:
        return "the next user met an open transaction: `await connection.rollback()`"
    if "TimeoutError" in got["told"]:
        return "the slot of work that failed is given back: `async with` the semaphore"
    if got["told"] != right["told"]:
        return "the error of `work` reaches its caller as it is"
    if got["connects"] > right["connects"]:
        return "the connection of work that failed is lent again: `finally`"
    if got["connects"] < right["connects"]:
        return "each pool has idle ones of its own: `self.idle = []` in `__init__`"
    if got["answers afterwards"] < right["answers afterwards"]:
        return "`await connection.rollback()` before it is lent again"
    if got["told while another rolls back"] == "RuntimeError":
        return "roll back first, and only then put it among the idle ones"
    return "a connection is kept or closed, never dropped"


def _about_cancelled(got: Any, right: Any) -> str:
    if got["answers afterwards"] > right["answers afterwards"]:
        return "`work` runs once: who gave up is not served again"
    if got["cancelled"] < right["cancelled"]:
        return "a cancellation is passed on like an error: `raise` after the rollback"
    if got["connects"] > right["connects"]:
        return "`finally` runs for a cancellation, too: the connection is idle again"
    if got["answers afterwards"] == right["answers afterwards"]:
        return "who leaves during `alive()` has taken one out: put it back, or close it"
    return "roll back and give back in `finally`: a cancellation is no Exception"


def _about_restart(got: Any, right: Any) -> str:
    if got["work that met a dead one"]:
        return "each idle one is asked before it is lent: `await connection.alive()`"
    if got["open in the end"] > right["open in the end"]:
        return "`await connection.close()` for each one that is not kept"
    return "a dead one is replaced by a new one, a live one is lent again"


def _about_unreachable(got: Any, right: Any) -> str:
    if got["told"] != right["told"] and "TimeoutError" not in got["told"]:
        return "the error of `connect` reaches its caller"
    return "where `connect` fails the slot is free again: `async with` the semaphore"


LOOKS: dict[Callable[..., Any], Callable[[Any, Any], str]] = {
    crowd: _about_crowd,
    failing: _about_failing,
    cancelled: _about_cancelled,
    restarted: _about_restart,
    unreachable: _about_unreachable,
}

CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "never more connections than the server allows",
        "a semaphore of `most` slots around all of it",
        crowd,
        [2, 5],
        {"answers": 10, "refused by the server": 0, "connects": 2},
    ),
    (
        "a query that fails leaks no connection",
        "`try` and `finally` around the work",
        failing,
        [2, [ValueError("syntax"), KeyError("x"), ConnectionError("reset")]],
        failed("ValueError", "KeyError", "ConnectionError"),
    ),
    (
        "nor does a user who gives up",
        "`finally`, for a cancellation is no Exception",
        cancelled,
        [2, 4],
        left(2, 4),
    ),
    (
        "a dead connection is never lent",
        "`await connection.alive()` before it is lent, `close` if it is not",
        restarted,
        [2, 1],
        {
            "answers": 6,
            "work that met a dead one": 0,
            "connects": 4,
            "open in the end": 2,
        },
    ),
    (
        "a server that cannot be reached costs no slot",
        "the slot is given back however it ends",
        unreachable,
        [1, 2],
        {"told": ["OSError", "OSError"], "answers afterwards": 1},
    ),
]


def look_at(scene: Callable[..., Any], got: Any, right: Any) -> str:
    """Where to look: what is wrong in what came of a scene."""
    return LOOKS[scene](got, right)
