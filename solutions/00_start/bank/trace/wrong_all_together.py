"""misconception: async-is-together
fails: second
"""

first = 0.5
second = 0.5
