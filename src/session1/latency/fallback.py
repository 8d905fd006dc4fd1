"""The reply when the model is late; never cached as an answer."""

LONG = 20  # words

QUESTION = "That takes me longer than it should. Would a simpler question do for now?"
LONG_MESSAGE = "You gave me a lot to think about. I am on it; ask again in a moment."
OTHER = "Let me think about that a little longer. Say it again shortly and I will know."
STAND_INS = (QUESTION, LONG_MESSAGE, OTHER)


def fallback(message: str) -> str:
    """A stand-in by the kind of message: a question, a long one, any other."""
    if "?" in message or "？" in message:
        return QUESTION
    return LONG_MESSAGE if len(message.split()) > LONG else OTHER
