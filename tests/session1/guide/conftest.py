"""A store with records and a base with documents."""

import pytest

from session1.data import answers
from session1.knowledge import KnowledgeBase
from session1.memory.manager import MemoryManager
from tests.session1.guide.parts import NOW, remarks


@pytest.fixture
def stamped():
    """A manager with 300 records, one a minute until now, of three agents."""
    with MemoryManager(clock=lambda: NOW) as memory:
        memory.put_many(
            {
                "id": f"r{i}",
                "agent_id": f"agent_00{i % 3}",
                "timestamp": NOW - 60.0 * i,
                "data": said,
            }
            for i, said in enumerate(remarks(300))
        )
        yield memory


@pytest.fixture(scope="module")
def knowledge():
    """The corpus's answers as documents, found by their topic, too."""
    base = KnowledgeBase(
        vector_dimension=256,
        index_type="hnsw",
        ef_construction=200,
        m=16,
        graph_from=300,
    )
    known = {qa.question + " " + qa.answer: qa.topic for qa in answers()}
    base.add(
        [str(i) for i in range(len(known))],
        list(known),
        [{"category": topic} for topic in known.values()],
    )
    return base
