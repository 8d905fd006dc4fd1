"""Small letters, and the averages worked out."""

letters = "rjhhh rjh"
average_wait = (2 + 1 + 2 + 1) / 8
average_run = (2 + 2) / 2
