"""Spare each new gradebook of a test the second in which alembic starts."""

import functools

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_alembic():
    """Ask for the version of nbgrader's tables once, not for each gradebook."""
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            api, "get_alembic_version", functools.cache(api.get_alembic_version)
        )
        yield
