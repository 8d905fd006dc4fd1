"""misconception: one-by-one-is-safe
fails: together: seconds, two_at_a_time: seconds
"""

one_by_one = 12
together = 12
two_at_a_time = 12
