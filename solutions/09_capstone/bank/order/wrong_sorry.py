"""misconception: what-was-sent-is-an-answer
fails: a call that hangs or breaks off is told to the breaker
"""

order = "BFAEOJHGNKCIL"
