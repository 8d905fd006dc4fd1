"""a pattern of its own"""
import re as regex

HINTS = regex.compile(
    r"prov|deriv|design|implement|refactor|debug|optimi|analy|evaluat|compare .*recommend"
    r"|plan\b|policy|strategy|curriculum|develop|review th|unit test|induction|justif"
    r"|reason|step by step|probab|how many|smallest|fewest|equation|valid|x\^|boxes"
    r"|api|scraper|\d+ km/h|both together|schedule|counterexample|programs?\b|deduce"
    r"|obligation|second oldest|if all|how long|lighter|all integers"
)


def is_hard(prompt):
    return bool(HINTS.search(regex.sub(r'["`].*["`]', " ", prompt.lower())))
