"""Prompts that cost less: tidied, with chosen examples, laid out to be cached."""

from session1.llm.prompt.cleanup import Effect, compare, saved, tidy
from session1.llm.prompt.layout import PromptLayout, shared_tokens
from session1.llm.prompt.shots import Example, Shots, by_meaning, by_words

__all__ = [
    "Effect",
    "Example",
    "PromptLayout",
    "Shots",
    "by_meaning",
    "by_words",
    "compare",
    "saved",
    "shared_tokens",
    "tidy",
]
