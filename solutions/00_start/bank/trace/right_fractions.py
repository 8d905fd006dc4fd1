"""Other ways to write the same numbers."""

first = 1 / 2
second = 9 / 10
