"""Waiting jobs, the urgent first, and a door where others wait for room."""

import asyncio
from collections import deque
from heapq import heapify, heappop, heappush
from operator import itemgetter

from session1.runtime.job import Job

Entry = tuple[int, int, Job]  # smaller ones go first: minus priority, number, job


class Waiting:
    """Up to `size` jobs by priority, then by number."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = 0
        self._heap: list[Entry] = []
        self._dead = 0  # entries of the heap whose job was cancelled meanwhile
        self._doors: deque[asyncio.Future[None]] = deque()
        self._let_in = 0  # who may come in and has not come yet
        self._shut = False

    def full(self) -> bool:
        """Whether a new one has to wait at the door, behind those who wait there."""
        return bool(self._doors) or self.count + self._let_in >= self.size

    async def room(self) -> None:
        """Wait at the door until there is room, or it is shut for good."""
        door = asyncio.get_running_loop().create_future()
        self._doors.append(door)
        try:
            await door
        except asyncio.CancelledError:
            if door in self._doors:
                self._doors.remove(door)
            else:
                self._let_in -= 1
                self._open()  # it was our turn, which another one gets
            raise
        self._let_in -= 1

    def shut(self) -> None:
        """Send everybody away from the door."""
        self._shut = True
        self._open()

    def push(self, entry: Entry) -> None:
        """Add a job, even if there is no room: it may come back from a worker."""
        heappush(self._heap, entry)
        self.count += 1

    def pop(self) -> Entry | None:
        """The one whose turn it is."""
        while self._heap:
            entry = heappop(self._heap)
            if not entry[2].done():
                self.count -= 1
                self._open()
                return entry
            self._dead -= 1
        return None

    def drop(self) -> None:
        """One of them was settled where it is; keep the heap from filling with such."""
        self.count -= 1
        self._dead += 1
        if self._dead > 64 + self.count:
            self._heap = [entry for entry in self._heap if not entry[2].done()]
            heapify(self._heap)
            self._dead = 0
        self._open()

    def jobs(self) -> list[Job]:
        """Those that wait, in their order."""
        entries = sorted(self._heap, key=itemgetter(0, 1))
        return [job for *_, job in entries if not job.done()]

    def _open(self) -> None:
        while self._doors and (self._shut or self.count + self._let_in < self.size):
            self._let_in += 1
            door = self._doors.popleft()
            if not door.done():  # else it was cancelled, and will say so
                door.set_result(None)
