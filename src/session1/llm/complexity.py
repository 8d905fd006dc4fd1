"""How hard a question is, by a rule whose reasons can be read."""

import re
from dataclasses import dataclass

from session1.llm.client import Prompt, as_messages

ORDER = ("simple", "moderate", "complex", "reasoning")
LONG = {"moderate": 60, "complex": 200}  # words of the request, data left out
TASKS = 3  # numbered steps or things asked for that make a request complex

_DATA = re.compile(r'```.*?(?:```|\Z)|"[^"\n]{3,}"|“[^”]{3,}”', re.DOTALL)
_STEP = re.compile(r"(?:^|\s)\d+[.)]\s+\w")
_CLUES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, why, re.compile(pattern, re.IGNORECASE))
    for kind, why, pattern in (
        (
            "reasoning",
            "asks for a proof or derivation",
            r"\b(?:prov(?:e|es|ing)|proof|deriv(?:e|es|ation)|induction|theorem"
            r"|counter-?examples?|irrational|divisible)\b",
        ),
        (
            "reasoning",
            "asks for reasoning in steps",
            r"\b(?:step by step|reason (?:it )?through|show your (?:work|reasoning)"
            r"|justify (?:each|every)|think (?:hard|carefully)|deduc\w+|logical(?:ly)?"
            r"|puzzle|riddle)\b",
        ),
        (
            "reasoning",
            "gives premises and asks what follows",
            r"\b(?:therefore|valid argument|argument valid|what follows)\b"
            r"|\bif all\b|\b(?:older|taller|faster|younger) than\b.*\bthan\b",
        ),
        (
            "reasoning",
            "is a problem in numbers",
            r"[a-z]\s*\^\s*\d|\d[a-z]\s*[+\-]|\bprobability\b|\bequations?\b"
            r"|\b(?:smallest|largest|least|fewest|minimum|maximum) number of\b"
            r"|\d+ ?(?:km/h|mph)\b|\bas early as possible\b",
        ),
        (
            "complex",
            "asks for a design or a plan",
            r"\b(?:architecture|design (?:the|a|an)|(?:business|migration|project) plan"
            r"|policy|curriculum|strategy|roadmap)\b",
        ),
        (
            "complex",
            "asks for a program",
            r"\b(?:implement|refactor|debug|build an?|develop|optimi[sz]e (?:this|the)"
            r"|unit tests?|thread-safe|deadlock\w*|review (?:this|the))\b",
        ),
        (
            "complex",
            "asks to weigh and recommend",
            r"\b(?:analy[sz]e|evaluate|weigh|recommend|contrast)\b",
        ),
        (
            "moderate",
            "asks for an explanation",
            r"\b(?:explain|describe|why|how (?:do|does|can|should|would)|difference"
            r"|advantages|compare|outline)\b",
        ),
        (
            "moderate",
            "asks for a text",
            r"\b(?:summari[sz]e|rewrite|write|draft|suggest|turn (?:this|these))\b",
        ),
    )
)
_GREETING = re.compile(r"\bhow (?:do you do|are you)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How hard a question is, and the reason."""

    complexity: str
    reasons: tuple[str, ...]


def classify(prompt: Prompt) -> Verdict:
    """The kind of the last message: the hardest that anything in its request hints at.

    Code blocks and quoted text are data and say nothing of what is asked.
    """
    asked = _DATA.sub(" ", as_messages(prompt)[-1].content)
    asked = _GREETING.sub(" ", asked)
    found = [(kind, why) for kind, why, clue in _CLUES if clue.search(asked)]
    steps = len(_STEP.findall(asked))
    if steps >= TASKS:
        found.append(("complex", f"lists {steps} steps"))
    words = len(asked.split())
    found += [(k, f"has {words} words") for k, limit in LONG.items() if words > limit]
    kind = max((kind for kind, _ in found), key=ORDER.index, default="simple")
    reasons = tuple(why for found_kind, why in found if found_kind == kind)
    return Verdict(kind, reasons or ("nothing hints at more",))
