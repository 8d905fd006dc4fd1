"""The hot tier on Redis or Valkey, which may be slow, full, away or out of date."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from session1.memory.tiers.hot import Held
from session1.memory.tiers.record import decoded

T = TypeVar("T")
_log = logging.getLogger(__name__)

TIMEOUT_S = 0.25  # for a connection and for each answer
PAUSE_S = 0.5  # after an error: the records are read from the disk meanwhile
SLOW_S = 0.1  # for an answer: the disk is faster than that

# KEYS: bodies (a hash), order (a sorted set by time of use), bytes (a number).
# The clock is the caller's. One script each, so that the three always agree.
_DROP = """
local function drop(id)
  local size = redis.call('HSTRLEN', KEYS[1], id)
  if redis.call('ZREM', KEYS[2], id) == 1 then
    redis.call('HDEL', KEYS[1], id)
    redis.call('DECRBY', KEYS[3], size)
  end
end
"""
_GET = """
local at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not at then return false end
local now, ttl = tonumber(ARGV[2]), tonumber(ARGV[3])
if tonumber(at) > now or tonumber(at) + ttl <= now then return false end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return redis.call('HGET', KEYS[1], ARGV[1])
"""
_DROP_ALL = "for _, id in ipairs(ARGV) do drop(id) end"
_EXPIRE = """
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1],
                               'LIMIT', 0, 1000)) do drop(id) end
"""
_PUT = """
local now, most = ARGV[1], tonumber(ARGV[2])
for at = 3, #ARGV, 2 do
  local id, body = ARGV[at], ARGV[at + 1]
  drop(id)
  if #body <= most then
    redis.call('HSET', KEYS[1], id, body)
    redis.call('ZADD', KEYS[2], now, id)
    redis.call('INCRBY', KEYS[3], #body)
  end
end
while tonumber(redis.call('GET', KEYS[3]) or 0) > most do
  local first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  -- a server short of memory may have thrown one of the three away
  if not first then return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3]) end
  drop(first)
end
"""


class HotRedis:
    """Records on a server, shared by all who open the folder. Thread-safe.

    Whatever goes wrong there is logged, counted and otherwise a miss. After an error,
    or two slow answers in a row, the server is left alone for `PAUSE_S`. What it holds
    may be old (it was away when a record changed), so the reader compares versions
    with the ledger. `steady` is a clock in seconds that only rises.
    """

    exact = False

    def __init__(
        self,
        url: str,
        store: str,
        ttl: float,
        max_bytes: float,
        steady: Callable[[], float],
    ) -> None:
        self.ttl = ttl
        self.max_bytes = max_bytes
        self.errors = 0
        self.skipped = 0
        self.slow = 0
        self._was_slow = False  # the last answer
        self._away = False
        self._where = url.rpartition("@")[2]  # without a password
        self._steady = steady
        self._paused_until = float("-inf")
        self._count = threading.Lock()
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )
        # one name in braces, so that a cluster keeps the three keys together
        self._keys = [f"{{session1:{store}}}:{n}" for n in ("bodies", "order", "bytes")]
        self._get = self._client.register_script(_GET)
        self._put = self._client.register_script(_DROP + _PUT)
        self._drop = self._client.register_script(_DROP + _DROP_ALL)
        self._expire = self._client.register_script(_DROP + _EXPIRE)
        self._ask(self._client.ping)  # so that a server that is not there is reported

    def get(self, id: str, now: float) -> Held | None:
        """The record as the server has it, which counts as used now, or None."""
        args = [id, repr(now), repr(min(self.ttl, 1e300))]
        found = self._ask(lambda: self._get(self._keys, args))
        if found is None:
            return None
        version, _, body = found.partition(b"\n")
        try:
            return Held(int(version), decoded(body))
        except ValueError:  # not what was put there; what is on disk will replace it
            self._count_one("errors")
            return None

    def peek(self, versions: Sequence[int], now: float) -> list[None]:
        """Nothing: to look into the ledger is faster than to ask a server."""
        return [None] * len(versions)

    def mark(self, id: str) -> int:
        """Nothing to compare: versions do."""
        return 0

    def put(
        self,
        pairs: Iterable[tuple[Held, bytes]],
        now: float,
        *,
        mark: int | None = None,
    ) -> None:
        """Keep records; what is too much leaves, least recently used first."""
        args: list[Any] = [repr(now), repr(min(self.max_bytes, 1e300))]
        for held, body in pairs:
            args += [held.record["id"], b"%d\n%b" % (held.version, body)]
        self._ask(lambda: self._put(self._keys, args))

    def drop(self, ids: Iterable[str]) -> None:
        """Forget records that were deleted."""
        self._ask(lambda: self._drop(self._keys, list(ids)))

    def expire(self, now: float) -> None:
        """Forget what is too old, up to 1,000 at a time."""
        if self.ttl < float("inf"):
            self._ask(lambda: self._expire(self._keys, [repr(now - self.ttl)]))

    def stats(self) -> dict[str, Any]:
        """Return the server's contents, None if it does not answer, and the error.

        A call is skipped for half a second after an error or two slow answers.
        """
        records = self._ask(lambda: self._client.zcard(self._keys[1]))
        size = self._ask(lambda: self._client.get(self._keys[2]) or 0)
        return {
            "records": records,
            "bytes": None if size is None else int(size),
            "errors": self.errors,
            "skipped": self.skipped,
            "slow": self.slow,
        }

    def close(self) -> None:
        """Close the connections; the server keeps what it has."""
        self._client.close()

    def _ask(self, call: Callable[[], T]) -> T | None:
        began = self._steady()
        if began < self._paused_until:
            self._count_one("skipped")
            return None
        try:
            answer = call()
        except (redis.RedisError, OSError) as e:
            self._failed(e)
            return None
        self._away = False
        slow = self._steady() - began > SLOW_S
        if slow:
            self._count_one("slow")
            if self._was_slow:  # one alone may be this machine's own doing
                self._paused_until = self._steady() + PAUSE_S
        self._was_slow = slow
        return answer

    def _failed(self, error: Exception) -> None:
        self._count_one("errors")
        self._paused_until = self._steady() + PAUSE_S
        if not self._away:
            _log.warning(
                "the Redis at %s does not answer (%s): records come from the disk "
                "meanwhile; start it, or correct the url of hot_tier",
                self._where,
                error,
            )
        self._away = True

    def _count_one(self, what: str) -> None:
        with self._count:
            setattr(self, what, getattr(self, what) + 1)
