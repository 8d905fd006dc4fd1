"""misconception: reading-renews
fails: letters: what became of each call, average_wait: seconds
"""

letters = "RJHHHHHH"
average_wait = 0.38
average_run = 2
