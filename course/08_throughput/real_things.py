"""Real servers for the notebook's measuring cells: pages and a database."""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from session1.demo.local_site import Site, local_site
from session1.extras import MissingExtra, need
from session1.server import ServerError
from session1.servers import postgres_server

PAGES, TAKES, PER_HOST = 40, 0.02, 6


class _Session:
    """Real HTTP, with the methods that the exercise names."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(trust_env=False)

    async def send(self, method: str, url: str) -> str:
        """The text of a page; a broken connection is a ConnectionError."""
        try:
            found = await self._client.request(method, f"http://{url}")
        except httpx.NetworkError as error:
            raise ConnectionError(str(error)) from error
        return found.text

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


async def real_pages(fetchers: Mapping[str, Callable[..., Awaitable[Any]]]) -> None:
    """Print what a server on this machine sees of each fetcher."""
    for name, fetch in fetchers.items():
        async with local_site() as site:
            opened, sessions = _counting(site), list[_Session]()

            async def connect(sessions: list[_Session] = sessions) -> _Session:
                sessions.append(_Session())
                return sessions[-1]

            host = site.base.removeprefix("http://")
            urls = [f"{host}/slow/{TAKES}/{i}" for i in range(PAGES)]
            begin = time.perf_counter()
            try:
                found = await fetch(
                    [("GET", u) for u in urls], connect, PER_HOST, 5, 3, random.random
                )
            except NotImplementedError:
                print(f"{name}: not written yet")
                continue
            seconds = time.perf_counter() - begin
            good = sum(x["ok"] for x in found)
            for session in sessions:
                await session.close()
            print(
                f"{name}: {good} of {PAGES} pages in {seconds:.2f} s, "
                f"{len(opened)} connections, {site.peak} at a time"
            )


def _counting(site: Site) -> list[int]:
    """One entry for each connection that the site is asked for."""
    opened, serve = list[int](), site.serve

    async def counted(*streams: Any) -> None:
        opened.append(1)
        await serve(*streams)

    site.serve = counted  # type: ignore[method-assign]
    return opened


class _Connection:
    """A real connection, with the methods that the exercise names."""

    def __init__(self, real: Any) -> None:
        self._real = real

    async def query(self, text: str) -> Any:
        """The first row."""
        found = self._real.execute(text).fetchone()
        self._real.commit()
        return found

    async def rollback(self) -> None:
        """Undo what is not committed."""
        self._real.rollback()

    async def alive(self) -> bool:
        """Whether the server still answers."""
        try:
            await self.query("SELECT 1")
        except Exception:
            return False
        return True

    async def close(self) -> None:
        """Let go of it."""
        self._real.close()


async def real_database(make_pool: Callable[..., Any], count: int = 100) -> None:
    """Print what queries take with a new connection each, and from a pool."""
    try:
        psycopg = need("psycopg", "servers")
        with postgres_server(timeout=20) as server:
            url = server.url
            await _queries("PostgreSQL", lambda: psycopg.connect(url), make_pool, count)
    except (ServerError, MissingExtra):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "real.db"
            await _queries("SQLite", lambda: sqlite3.connect(file), make_pool, count)


async def _queries(
    name: str, opened: Callable[[], Any], make_pool: Callable[..., Any], count: int
) -> None:
    connects = 0

    async def connect() -> _Connection:
        nonlocal connects
        connects += 1
        return _Connection(
            await asyncio.to_thread(opened) if name[0] == "P" else opened()
        )

    async def ask(connection: Any) -> Any:
        return await connection.query("SELECT 1")

    async def fail(connection: Any) -> Any:
        return await connection.query("SELECT nothing FROM nowhere")

    begin = time.perf_counter()
    for _ in range(count):
        fresh = await connect()
        await ask(fresh)
        await fresh.close()
    each, connects = time.perf_counter() - begin, 0
    pool = make_pool(connect, 5)
    begin = time.perf_counter()
    for _ in range(count):
        await pool.run(ask)
    pooled = time.perf_counter() - begin
    errors = 0
    for _ in range(20):
        try:
            await pool.run(fail)
        except Exception:
            errors += 1
    row = await pool.run(ask)
    print(f"{name}, {count} queries")
    print(f"  a new connection each: {1e6 * each / count:7,.0f} µs a query")
    print(f"  from your pool:        {1e6 * pooled / count:7,.0f} µs a query")
    print(f"  after {errors} errors: {connects} opened in all, and it answers {row}")
    for connection in getattr(pool, "idle", []):
        await connection.close()
