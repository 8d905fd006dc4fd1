"""What several tests share: real servers, the local model, and marks by their use."""

import asyncio
import gc
import signal

import pytest
from hypothesis import HealthCheck, settings

from session1.llm.errors import ModelMissing

# a busy machine must not turn a law into a failure, nor chance into a red build
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# what runs in the background may ignore Ctrl-C, and so would all that tests start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# what starts kernels, servers or a class of submissions: too slow for `make check`
SLOW = {"postgres_url", "redis_url", "released", "server", "warm"}


def pytest_collection_modifyitems(items):
    """Mark a test by the fixtures it uses, so that a new one is in the right door."""
    for item in items:
        if SLOW & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


@pytest.fixture(scope="module", autouse=True)
def heap():
    """Leave what is there before a file's tests out of their collections of garbage.

    Tests and checks collect it hundreds of times, each time through all of the heap.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def model():
    """The local model with two slots; without its file the test is skipped."""
    from session1.llm.local import LocalLLM

    try:
        llm = LocalLLM(slots=2)
    except ModelMissing as e:
        pytest.skip(str(e))
    yield llm
    asyncio.run(llm.aclose())


@pytest.fixture(scope="session")
def redis_url():
    """A running Redis or Valkey; shared, so keep to keys of your own or flush."""
    from session1.servers import redis_server

    with redis_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_url():
    """A running PostgreSQL; shared, so keep to tables of your own."""
    from session1.servers import postgres_server

    with postgres_server() as server:
        yield server.url
