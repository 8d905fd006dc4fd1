"""7.0 seconds are 7 seconds."""

one_by_one = 12.0
together = 4.0
two_at_a_time = 7.0
