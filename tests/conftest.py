"""What several tests share: the local model, loaded once."""

import asyncio

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
