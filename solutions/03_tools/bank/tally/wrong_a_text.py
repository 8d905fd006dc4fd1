"""misconception: average-of-all
fails: average_run: seconds
"""

letters = "RJHHHRJH"
average_wait = 0.75
average_run = "2"
