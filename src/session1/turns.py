"""What a message is in its conversation: one that leans on what was said, or only kind.

Both are read from its words, in no time: a small model that is shown more than it needs
calls tools that nobody asked for, and one that is asked whether "Thanks!" needs a tool
would rather name one than none. Of other languages a few words are known; a message
that none of them is in stands alone and may need a tool.
"""

import re
from itertools import pairwise

from session1.reuse.normal_form import AUXILIARIES, HELLO

FEW = 3  # words of a question that says too little by itself, in whatever language
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_OPENS = re.compile(
    r"\W*(?:and|but|or|also|then|again|instead|(?:what|how) (?:about|of|if)|same"
    r"|und|aber|oder|auch|et|mais|ou|aussi|y|pero|e|ma|anche)\b",
    re.IGNORECASE,
)
_BACK = frozenset(
    """
    there them these those that this it same dort da dahin davon dazu damit darin
    là bas allí allá ahí lì là laggiù
    """.split()  # noqa: SIM905
)
_EXPLETIVE = AUXILIARIES | HELLO | {"if", "that", "when", "how", "what's", "how's"}
_AFTER_THAT = frozenset(("by", "to", "into", "from", "times", "plus", "minus"))
_KIND = (
    r"(?:good (?:morning|afternoon|evening|night|day)|hello|hi|hey|thanks|thank you"
    r"|thx|cheers|bye|goodbye|see you|hallo|guten (?:morgen|tag|abend)|vielen dank"
    r"|danke|tschüss|bonjour|bonsoir|merci|salut|hola|gracias|ciao|grazie)"
)
_BESIDE = (
    r"(?:(?:so|very) much|a lot|again|there|everyone|all|later|then|too|dear|great|ok"
    r"|okay|for (?:the|your) help|schön|sehr|beaucoup|muchas|mille)"
)
_SMALL_TALK = re.compile(
    rf"\W*(?:{_BESIDE}\W+)?{_KIND}(?:\W+(?:{_KIND}|{_BESIDE}))*\W*", re.IGNORECASE
)


def leans(message: str) -> bool:
    """Whether `message` asks for what was said before it: "And in Paris?"."""
    words = [word.lower() for word in _WORD.findall(message)]
    if not words:
        return False
    if _OPENS.match(message) or (len(words) <= FEW and message.rstrip()[-1] in "?？؟"):
        return True
    if words[-1] in _BACK:
        return not is_small_talk(message)
    return any(
        (now in ("it", "there", "them") and before not in _EXPLETIVE)
        or (before == "that" and now in _AFTER_THAT)
        for before, now in pairwise(words)
    )


def is_small_talk(message: str) -> bool:
    """Whether `message` is a greeting, thanks or a farewell, and nothing else."""
    return _SMALL_TALK.fullmatch(message) is not None


def kind_words(text: str) -> bool:
    """Whether `text` has a word of small talk in it, as a tool's description may."""
    return re.search(rf"\b{_KIND}\b", text, re.IGNORECASE) is not None
