"""misconception: never-keep
fails: what asks the same is served
"""

def plain(message):
    text = message.strip()
    for start, instead in STARTS.items():
        if text.lower().startswith(start):
            text = instead + text[len(start) :]
            break
    if text.endswith(("?", ".")):
        text = text[:-1]
    text = text.removesuffix(" please")
    return text[:1].lower() + text[1:]


def same_question(message, other):
    """Whether nothing differs but what never changes an answer."""
    return plain(message) == plain(other)
