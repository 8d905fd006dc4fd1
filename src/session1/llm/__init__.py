"""Language-model clients: one protocol, three ways to answer it."""

from session1.llm.client import LLMClient, Message, Prompt, Reply, as_messages

__all__ = ["LLMClient", "Message", "Prompt", "Reply", "as_messages"]
