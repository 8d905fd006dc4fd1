"""misconception: sum-over-limit
fails: two_at_a_time: seconds
"""

one_by_one = 12
together = 4
two_at_a_time = 6
