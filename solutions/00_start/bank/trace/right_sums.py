"""Written as sums."""

first = max(0.2, 0.5)
second = max(0.2, 0.5) + 0.4
