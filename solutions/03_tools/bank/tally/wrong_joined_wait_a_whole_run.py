"""misconception: joining-starts-anew
fails: average_wait: seconds
"""

letters = "RJHHHRJH"
average_wait = 1.0
average_run = 2
