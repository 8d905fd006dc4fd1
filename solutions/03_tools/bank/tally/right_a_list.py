"""A list of letters says the same."""

letters = list("RJHHHRJH")
average_wait = 0.75
average_run = 2.0
