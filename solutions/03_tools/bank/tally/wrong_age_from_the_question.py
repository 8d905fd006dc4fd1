"""misconception: age-from-the-question
fails: letters: what became of each call
"""

letters = "RJHHRJHH"
average_wait = 0.75
average_run = 2
