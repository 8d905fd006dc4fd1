"""misconception: sum-over-limit
fails: together: seconds, two_at_a_time: seconds
"""

one_by_one = 12
together = 2.4
two_at_a_time = 6
