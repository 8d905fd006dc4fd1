"""misconception: similar-is-same
fails: nor one that differs in signs or mentioned words, nor one that differs near its ends
"""

IDLE = {"a", "an", "the", "please", "hi", "hello", "hey", "thanks"}


def sense(message):
    text = message.strip()
    for start, instead in STARTS.items():
        if text.lower().startswith(start):
            text = instead + text[len(start) :]
    return [word for word in words(text) if word not in IDLE]


def same_question(message, other):
    return sense(message) == sense(other)
