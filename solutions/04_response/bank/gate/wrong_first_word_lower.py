"""misconception: near-enough-key
fails: nor one that differs near its ends
"""


def same_question(message, other):
    def plain(text):
        text = text.strip()
        for start, instead in STARTS.items():
            if text.lower().startswith(start):
                text = instead + text[len(start) :]
        if text.endswith(("?", ".")):
            text = text[:-1]
        text = text.removesuffix(" please")
        first, _, rest = text.partition(" ")
        return first.lower() + " " + rest

    return plain(message) == plain(other)
