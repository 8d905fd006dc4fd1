"""misconception: clock-starts-again
fails: second
"""

first = 0.5
second = 0.4
