"""misconception: rest-is-for-good
fails: an answer goes through, a call that hangs or breaks off is told to the breaker, waiting in line is no failure
"""

order = "BFAEOJHGNDIL"
