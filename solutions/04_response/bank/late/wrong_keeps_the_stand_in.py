"""misconception: what-was-sent-is-an-answer
fails: the stand-in comes at the deadline
"""

order = "IAJHCGFMLDK"
