"""A real Firefox, driven by the protocol that it speaks itself, WebDriver BiDi.

Playwright drives a Firefox of its own, which no package of Debian has.
"""

import asyncio
import itertools
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.websocket import WebSocketClientConnection, websocket_connect

NAMES = ("firefox-esr", "firefox")
START = 120  # seconds that it may take on a busy machine
CALM = {  # what it would ask of other hosts at its start
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.region.network.url": "",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}


@pytest.fixture(scope="session")
def firefox() -> str:
    """The browser's path; without one the test is skipped, or fails where required."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    why = f"no Firefox found (looked for {', '.join(NAMES)})"
    if os.environ.get("COURSE_BROWSER") == "required":
        pytest.fail(f"{why}, for COURSE_BROWSER=required")
    pytest.skip(why)


class Tab:
    """The one tab of a Firefox, and every address that it has asked for."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._id = ""
        self.asked: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while (text := await self._socket.read_message()) is not None:
            said = json.loads(text)
            if said.get("method") == "network.beforeRequestSent":
                self.asked.append(said["params"]["request"]["url"])
            if waiting := self._waiting.pop(said.get("id"), None):
                waiting.set_result(said)

    async def send(self, method: str, **params: Any) -> Any:
        """Send one command; its result."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        told = {"id": number, "method": method, "params": params}
        await self._socket.write_message(json.dumps(told))
        said = await self._waiting[number]
        assert said["type"] == "success", f"{method}: {said}"
        return said["result"]

    async def begin(self) -> None:
        """Take the tab that is open, and listen to what it asks for."""
        await self.send("session.new", capabilities={})
        await self.send("session.subscribe", events=["network.beforeRequestSent"])
        tree = await self.send("browsingContext.getTree")
        self._id = tree["contexts"][0]["context"]

    async def end(self) -> None:
        """Hang up."""
        self._socket.close()
        await self._reader

    async def go(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        await self.send(
            "browsingContext.navigate", context=self._id, url=url, wait="complete"
        )

    async def call(self, function: str, *arguments: Any) -> Any:
        """Call a function of the page, with and for plain data."""
        code = f"(async () => JSON.stringify(await ({function})(...ARGS) ?? null))()"
        said = await self.send(
            "script.evaluate",
            expression=code.replace("ARGS", json.dumps(arguments)),
            target={"context": self._id},
            awaitPromise=True,
        )
        assert said["type"] == "success", said["exceptionDetails"]["text"]
        return json.loads(said["result"]["value"])

    async def until(self, condition: str, *arguments: Any) -> None:
        """Wait until a function of the page returns something true."""
        while not await self.call(condition, *arguments):
            await asyncio.sleep(0.2)


@asynccontextmanager
async def opened(path: str, profile: Path) -> AsyncIterator[Tab]:
    """A Firefox without a window, for the block."""
    profile.mkdir()
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in CALM.items())
    (profile / "user.js").write_text("\n".join(lines))
    process = await asyncio.create_subprocess_exec(
        *(path, "--headless", "--no-remote", "--profile", str(profile)),
        *("--remote-debugging-port=0", "about:blank"),
        env={**os.environ, "HOME": str(profile)},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr is not None
    drained = None
    try:
        async with asyncio.timeout(START):
            while line := (await process.stderr.readline()).decode():
                if found := re.search(r"listening on (ws://\S+)", line):
                    break
            else:
                pytest.fail("Firefox ended before it could be driven")
        drained = asyncio.create_task(process.stderr.read())
        socket = await websocket_connect(f"{found[1]}/session", max_message_size=2**26)
        tab = Tab(socket)
        try:
            await tab.begin()
            yield tab
        finally:
            await tab.end()
    finally:
        process.terminate()
        await process.wait()
        if drained:
            await drained
