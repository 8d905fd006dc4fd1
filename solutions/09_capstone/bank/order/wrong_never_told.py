"""misconception: an-error-is-a-timeout
fails: a call that hangs or breaks off is told to the breaker
"""

order = "BFAEOJHGDCIL"
