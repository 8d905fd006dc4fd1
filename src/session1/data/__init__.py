"""Real input: human conversations, and questions with their answers."""

from session1.data.answers import QA, answers
from session1.data.conversations import Conversation, Turn, conversations

__all__ = ["QA", "Conversation", "Turn", "answers", "conversations"]
