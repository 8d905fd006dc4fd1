"""misconception: a-cache-runs-once
fails: letters: what became of each call, average_wait: seconds
"""

letters = "RRHHHRRH"
average_wait = 1.0
average_run = 2
