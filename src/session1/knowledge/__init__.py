"""What an agent knows: documents found by their meaning."""

from session1.knowledge.base import Hit, KnowledgeBase
from session1.knowledge.generations import Damaged, NothingSaved

__all__ = ["Damaged", "Hit", "KnowledgeBase", "NothingSaved"]
