"""misconception: break-on-first
fails: nine lines that make a function, skips what does not fit, takes the best that fit up to the last character
"""

order = "HEBCJDAIK"
