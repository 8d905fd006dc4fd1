"""The settings of the three tiers, checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from session1.limits import number, positive

BACKENDS = {
    "hot_tier": ("memory", "redis"),
    "warm_tier": ("sqlite",),
    "cold_tier": ("disk",),
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "hot_tier": {"backend": "memory", "ttl": 300, "max_size_mb": 100},
    "warm_tier": {"backend": "sqlite", "ttl": 3600, "max_size_mb": 1000},
    "cold_tier": {
        "backend": "disk",
        "ttl": 7 * 24 * 3600,
        "max_size_mb": None,
        "compression": True,
    },
}
_OWN_KEYS = {"hot_tier": ("url",)}
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: `ttl` is the age in seconds at which a record leaves it."""

    backend: str
    ttl: float
    max_bytes: float
    compression: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tiers:
    """The three of them. Ages count from when a record was last stored or read."""

    hot: Tier
    warm: Tier
    cold: Tier

    def __post_init__(self) -> None:
        if not self.hot.ttl <= self.warm.ttl <= self.cold.ttl:
            raise ValueError(
                "a record's age moves it from hot to warm to cold to gone, so the "
                f"ttls must not fall; they are {self.hot.ttl:g}, {self.warm.ttl:g} "
                f"and {self.cold.ttl:g} seconds"
            )


def tiers(config: Mapping[str, Mapping[str, Any]] | None = None) -> Tiers:
    """Return the tiers that `config` describes, with `DEFAULTS` for what it omits.

    A ttl or a max_size_mb of None sets no limit. The url of a Redis is the hot tier's
    `url`, else COURSE_REDIS_URL of the environment, else this machine's port 6379.
    """
    given = _mapping("config", {} if config is None else config)
    _known("config", given, DEFAULTS)
    return Tiers(*(_tier(name, given.get(name, {})) for name in DEFAULTS))


def _tier(name: str, given: Any) -> Tier:
    own = _OWN_KEYS.get(name, ())
    _known(name, _mapping(name, given), (*DEFAULTS[name], *own))
    merged = DEFAULTS[name] | dict(given)
    backend = merged["backend"]
    if backend not in BACKENDS[name]:
        raise ValueError(
            f"{name} has no backend {backend!r}; it can be "
            + " or ".join(map(repr, BACKENDS[name]))
        )
    compression = merged.get("compression", False)
    if not isinstance(compression, bool):
        raise TypeError(f"{name}: compression is True or False, not {compression!r}")
    return Tier(
        backend,
        _limit(f"{name} ttl", merged["ttl"]),
        _limit(f"{name} max_size_mb", merged["max_size_mb"]) * MB,
        compression,
        _url(merged.get("url")) if backend == "redis" else "",
    )


def _url(given: Any) -> str:
    url = given or os.environ.get("COURSE_REDIS_URL") or "redis://127.0.0.1:6379/0"
    if not isinstance(url, str):
        raise TypeError(f"hot_tier url must be a str, got {type(url).__name__}")
    return url


def _limit(name: str, value: Any) -> float:
    if value is None:
        return float("inf")
    return positive(name, number(name, value))


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict, got {type(value).__name__}")
    return value


def _known(name: str, given: Mapping[str, Any], known: Any) -> None:
    if unknown := [key for key in given if key not in known]:
        raise ValueError(
            f"{name} has no {', '.join(map(repr, unknown))}; it takes "
            + ", ".join(map(repr, known))
        )
