"""Pools of connections to the databases that tests of connections run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from session1.runtime.connections import create_pool


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A pool of two connections and one more at peaks, on either database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/a.db"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = create_pool(url, 2, 1, pool_timeout=0.05)
    yield engine
    engine.dispose()
