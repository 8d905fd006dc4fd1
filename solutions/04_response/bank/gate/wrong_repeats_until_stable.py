"""misconception: near-enough-key
fails: nor one that differs near its ends
"""


def same_question(message, other):
    def plain(text):
        text = text.strip()
        before = None
        while before != text:
            before = text
            for start, instead in STARTS.items():
                if text.lower().startswith(start):
                    text = instead + text[len(start) :]
        if text.endswith(("?", ".")):
            text = text[:-1]
        text = text.removesuffix(" please")
        return text[:1].lower() + text[1:]

    return plain(message) == plain(other)
