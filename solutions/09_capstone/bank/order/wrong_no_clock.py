"""misconception: order-is-free
fails: a call that hangs or breaks off is told to the breaker
"""

order = "BFAEOHGNDCIL"
