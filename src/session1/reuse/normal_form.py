"""Words brought to one form, and those left out that say nothing of what is asked."""

import re
from collections.abc import Sequence
from functools import lru_cache


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS = _set("""
    not no never without neither nor none nobody nothing nowhere unable except hardly
    barely unless stop avoid
""")
QUESTION_WORDS = _set("what which who whom whose when where why how")
AUXILIARIES = _set("""
    do does did can could may might must shall should will would is are am was were
    has have had
""")
SUBJECTS = _set("i we you he she it they this that my our your")

# Words that can come or go without another answer being due. Not here, on purpose:
# from, to, in, for, before, off (direction), your, his (whose), all, just (how much),
# did, will, should (when, whether), me, us (who does it to whom).
EMPTY = _set("""
    a an the this that these those my mine i we our am is are be been being of at
    there so then and please kindly really actually exactly simply hi hello hey thanks
    thank
""")
BEING = _set("am is are be been being")  # which make "they paid" into "they are paid"
HELLO = _set("hi hello hey")  # which "there" can follow
GREETINGS = _set("hi hello hey please so ok okay well and sorry")
FILLERS = _set("so then really actually exactly simply please kindly")
POLITE = _set("please thanks")  # at the end of a message
LINKS = _set("""
    and or but nor in on to for with from by as than vs versus instead into about if
    while because between after before without within until up down off over under out
""")
SUPPORT = _set("do does did can could will would should")  # a verb, after its subject
VERBS = _set("occur appear come mean exist happen become")  # that are no nouns
MAKERS = _set("""
    wrote write writes written sang sing sings sung directed directs painted composed
    recorded performed author singer director painter composer
""")  # of a work, whose title follows
# What only wraps a question, the longest first.
OPENINGS = tuple(
    tuple(opening.split())
    for opening in (
        "can you please tell me",
        "could you please tell me",
        "i would like to know",
        "can you tell me",
        "could you tell me",
        "i want to know",
        "i need to know",
        "please tell me",
        "could you please",
        "can you please",
        "i was wondering",
        "do you know",
        "tell me",
        "i wonder",
    )
)
_OPENINGS_BY_FIRST = {
    first: tuple(o for o in OPENINGS if o[0] == first) for first, *_ in OPENINGS
}
# After "how" the way is the same with whatever auxiliary, and whichever of us goes it.
AFTER_HOW = _set("do does can could would to i we one")
JOINED = {
    ("wi", "fi"): "wifi",
    ("e", "mail"): "email",
    ("log", "in"): "login",
    ("log", "out"): "logout",
    ("sign", "in"): "signin",
    ("sign", "up"): "signup",
    ("set", "up"): "setup",
    ("back", "up"): "backup",
    ("a", "few"): "some",  # few of them are nearly none
    ("a", "little"): "some",
}
FORMS = {
    "zero": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "fourteen": "14",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "sixty": "60",
    "ninety": "90",
    "percent": "%",
    "dollar": "$",
    "dollars": "$",
    "euro": "€",
    "euros": "€",
    "does": "do",
    "has": "have",
    "colour": "color",
    "favourite": "favorite",
    "cant": "not",
    "dont": "not",
    "doesnt": "not",
    "didnt": "not",
    "isnt": "not",
    "wont": "not",
}
# Plurals that are words of their own: the goods are not the good.
_OTHER_PLURALS = _set("""
    arms contents customs damages glasses goods manners odds pants premises remains
    savings shorts spirits woods
""")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


def content(said: Sequence[str]) -> tuple[str, ...]:
    """The words of a message that its answer depends on, in order, in one form."""
    kept: list[str] = []
    after_how = False
    for word in joined(unwrapped(said)):
        after_how = word == "how" or (after_how and word in AFTER_HOW)
        if word == "how" or not (after_how or word in EMPTY):
            kept.append(one_form(word))
    return tuple(kept)


def unwrapped(said: Sequence[str]) -> Sequence[str]:
    """`said` without a greeting and an opening such as "could you tell me"."""
    start = greeted(said)
    first = said[start] if start < len(said) else ""
    for opening in _OPENINGS_BY_FIRST.get(first, ()):
        if tuple(said[start : start + len(opening)]) == opening:
            return said[start + len(opening) :]
    return said[start:]


def greeted(said: Sequence[str]) -> int:
    """How many words of a greeting `said` begins with."""
    start = 0
    while start < len(said) and said[start] in GREETINGS:
        start += 1
    there = start and said[start - 1] in HELLO and said[start : start + 1] == ["there"]
    return start + bool(there)


def joined(said: Sequence[str]) -> list[str]:
    """`said` with words that are also written as one in that form."""
    result: list[str] = []
    for word in said:
        if result and (result[-1], word) in JOINED:
            word = JOINED[result.pop(), word]
        result.append(word)
    return result


@lru_cache(maxsize=8192)
def one_form(word: str) -> str:
    """A number word as digits, a plural as singular, a variant as the usual one."""
    if word in FORMS:
        return FORMS[word]
    if _THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    plural = len(word) > 4 and word.endswith("s") and word[-2] not in "suia"
    regular = plural and word.isalpha() and word not in _OTHER_PLURALS
    return word[:-1] if regular else word
