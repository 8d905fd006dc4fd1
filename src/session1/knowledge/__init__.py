"""Documents that an agent finds by their meaning."""

from session1.knowledge.base import KnowledgeBase
from session1.knowledge.hits import Hit
from session1.knowledge.persistence import Damaged, NothingSaved
from session1.knowledge.recall import recall
from session1.knowledge.semantic_cache import SemanticCache

__all__ = [
    "Damaged",
    "Hit",
    "KnowledgeBase",
    "NothingSaved",
    "SemanticCache",
    "recall",
]
