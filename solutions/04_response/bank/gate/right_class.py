"""a subclass of str"""


class Plain(str):
    @property
    def core(self):
        text = self.strip()
        for start in STARTS:
            head, tail = text[: len(start)], text[len(start) :]
            if head.casefold() == start.casefold():
                text = STARTS[start] + tail
        if text and text[-1] in "?.":
            *most, _ = text
            text = "".join(most)
        if text[-7:] == " please":
            text = text[:-7]
        first, *rest = text or " "
        return [first.lower(), *rest]


def same_question(message, other):
    return Plain(message).core == Plain(other).core
