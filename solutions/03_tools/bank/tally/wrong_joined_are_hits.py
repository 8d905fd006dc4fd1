"""misconception: joining-is-a-hit
fails: letters: what became of each call, average_wait: seconds
"""

letters = "RHHHHRHH"
average_wait = 0.5
average_run = 2
