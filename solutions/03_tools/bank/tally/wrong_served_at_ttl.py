"""misconception: off-by-one
fails: letters: what became of each call, average_wait: seconds
"""

letters = "RJHHHHRJ"  # eight letters, one a call: R, J or H
average_wait = 0.5  # seconds, over all eight calls
average_run = 2  # seconds, over what the tool really did
