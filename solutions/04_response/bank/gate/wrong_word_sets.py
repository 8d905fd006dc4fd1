"""misconception: similar-is-same
fails: no labelled pair that differs is served, nor one that differs in signs or mentioned words, nor one that differs near its ends
"""

def plain(message):
    text = message.strip()
    for start, instead in STARTS.items():
        if text.lower().startswith(start):
            text = instead + text[len(start) :]
    if text.endswith(("?", ".")):
        text = text[:-1]
    text = text.removesuffix(" please")
    return text[:1].lower() + text[1:]


def same_question(message, other):
    """Whether nothing differs but what never changes an answer."""
    return set(plain(message).split()) == set(plain(other).split())
