"""misconception: near-enough-key
fails: what asks the same is served
"""

def same_question(message, other):
    def plain(text):
        text = text.strip()
        for start, instead in STARTS.items():
            if text.lower().startswith(start):
                text = instead + text.lower()[len(start):]
        if text.endswith(("?", ".")):
            text = text[:-1]
        text = text.removesuffix(" please")
        return text[:1].lower() + text[1:]

    return plain(message) == plain(other)
