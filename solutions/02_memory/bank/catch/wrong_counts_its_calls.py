"""misconception: assert-nothing
fails: quiet for right packers and loud for a wrong one, catches a packer that stops at the first text that does not fit, catches a packer that does not count separators, catches a packer that leaves the last character unused, catches a packer that takes every separator for one character
"""

calls = []


def check_pack(pack):
    calls.append(1)
    assert len(calls) <= 2, "the right ones come first"
