"""misconception: joining-is-a-hit
fails: average_wait: seconds
"""

letters = "RJHHHRJH"  # eight letters, one a call: R, J or H
average_wait = 1  # seconds, over all eight calls
average_run = 2  # seconds, over what the tool really did
