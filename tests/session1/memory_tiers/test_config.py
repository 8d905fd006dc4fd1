"""The settings: the guide's, the defaults, and every way to get them wrong."""

import math

import pytest

from session1.memory.manager import MemoryManager
from session1.memory.tiers.config import tiers

GUIDE = {
    "hot_tier": {"backend": "redis", "ttl": 300, "max_size_mb": 100},
    "warm_tier": {"backend": "sqlite", "ttl": 3600, "max_size_mb": 1000},
    "cold_tier": {"backend": "disk", "ttl": 86400, "compression": True},
}


def test_the_guides_settings(monkeypatch):
    monkeypatch.delenv("COURSE_REDIS_URL", raising=False)
    read = tiers(GUIDE)
    assert (read.hot.backend, read.warm.backend) == ("redis", "sqlite")
    assert (read.hot.ttl, read.warm.ttl, read.cold.ttl) == (300, 3600, 86400)
    assert read.hot.max_bytes == 100 * 1024 * 1024
    assert read.cold.max_bytes == math.inf and read.cold.compression
    assert read.hot.url == "redis://127.0.0.1:6379/0"


def test_defaults_keep_hot_in_this_process():
    read = tiers()
    assert read.hot.backend == "memory" and read.hot.url == ""
    assert read.hot.ttl <= read.warm.ttl <= read.cold.ttl


def test_a_url_of_ones_own_or_of_the_environment(monkeypatch):
    hot = {"backend": "redis", "url": "redis://127.0.0.1:1/2"}
    assert tiers({"hot_tier": hot}).hot.url == "redis://127.0.0.1:1/2"
    monkeypatch.setenv("COURSE_REDIS_URL", "unix:///there")
    assert tiers(GUIDE).hot.url == "unix:///there"


@pytest.mark.parametrize(
    ("config", "error", "says"),
    [
        ([], TypeError, "config must be a dict"),
        ({"hot": {}}, ValueError, "no 'hot'; it takes 'hot_tier', 'warm_tier'"),
        ({"hot_tier": 3}, TypeError, "hot_tier must be a dict"),
        ({"warm_tier": {"size": 1}}, ValueError, "no 'size'; it takes 'backend'"),
        ({"warm_tier": {"url": "x"}}, ValueError, "warm_tier has no 'url'"),
        ({"hot_tier": {"backend": "lmdb"}}, ValueError, "'memory' or 'redis'"),
        ({"warm_tier": {"backend": "redis"}}, ValueError, "it can be 'sqlite'"),
        ({"hot_tier": {"ttl": 0}}, ValueError, "above 0"),
        ({"hot_tier": {"ttl": math.nan}}, ValueError, "above 0"),
        ({"hot_tier": {"ttl": "300"}}, TypeError, "an int or a float"),
        ({"cold_tier": {"max_size_mb": -1}}, ValueError, "above 0"),
        ({"cold_tier": {"compression": "zstd"}}, TypeError, "True or False"),
        ({"hot_tier": {"ttl": 1e6}}, ValueError, "must not fall"),
        ({"hot_tier": {"backend": "redis", "url": 3}}, TypeError, "must be a str"),
    ],
)
def test_a_wrong_setting_is_told_and_makes_nothing(config, error, says, tmp_path):
    folder = tmp_path / "store"
    with pytest.raises(error, match=says):
        MemoryManager(config, folder=folder)
    assert not folder.exists()


def test_no_limit_is_none():
    read = tiers({"cold_tier": {"ttl": None}, "warm_tier": {"max_size_mb": None}})
    assert read.cold.ttl == math.inf and read.warm.max_bytes == math.inf
