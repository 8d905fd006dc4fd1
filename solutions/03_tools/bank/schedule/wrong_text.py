"""misconception: one-case-is-enough
fails: one_by_one: seconds, together: seconds, two_at_a_time: seconds
"""

one_by_one = "12"  # seconds until all five are done, one after another
together = "4"  # all at once
two_at_a_time = "7"  # with a limit of 2
