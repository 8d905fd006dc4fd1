"""misconception: assert-nothing
fails: quiet for right versions and loud for a wrong one, catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that does not sort, catches a version that returns a value between two
"""

calls = []


def check_percentile(percentile):
    calls.append(1)
    assert len(calls) <= 2, "the right ones come first"
