"""misconception: late-is-answered
fails: eleven lines that keep an answer in time
"""

order = "IAJHCGFMLB"
