"""misconception: first-one-ends-it
fails: first, second
"""

first = 0.2
second = 0.6
