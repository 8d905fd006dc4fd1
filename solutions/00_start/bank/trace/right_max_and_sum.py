"""Max and sum."""

first = max(0.2, 0.5)
second = first + 0.4
