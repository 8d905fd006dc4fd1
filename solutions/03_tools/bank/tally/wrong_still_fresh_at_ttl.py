"""misconception: off-by-one
fails: letters: what became of each call, average_wait: seconds
"""

letters = "RJHHHHRJ"
average_wait = 0.63
average_run = 2
