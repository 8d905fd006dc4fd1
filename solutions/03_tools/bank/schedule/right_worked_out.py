"""Worked out by code."""

calls = [4, 1, 2, 2, 3]
one_by_one = sum(calls)
together = max(calls)
slots = [0, 0]
for seconds in calls:
    slots[slots.index(min(slots))] += seconds
two_at_a_time = max(slots)
