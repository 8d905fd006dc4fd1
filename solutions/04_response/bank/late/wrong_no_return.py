"""misconception: late-is-answered
fails: an answer in time is returned and kept
"""

order = "IAJHCGFMLB"
