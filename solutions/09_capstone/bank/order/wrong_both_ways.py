"""misconception: deadline-can-wait
fails: an answer goes through, a model that is left alone is not asked, a call that hangs or breaks off is told to the breaker, waiting in line is no failure
"""

order = "BFAEOJHGNDKCIML"
