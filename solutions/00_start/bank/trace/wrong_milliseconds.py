"""misconception: one-case-is-enough
fails: first, second
"""

first = 500
second = 900
