"""What several tests share: the local model, loaded once."""

import asyncio

import pytest

from session1.llm.errors import ModelMissing


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
