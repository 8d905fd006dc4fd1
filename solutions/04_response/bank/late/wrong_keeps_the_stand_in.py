"""misconception: what-was-sent-is-an-answer
fails: the stand-in comes at the deadline and is not kept
"""

order = "IAJHCGFMLDK"
