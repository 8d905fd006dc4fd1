"""misconception: break-on-first
fails: nine lines that make a function
"""

order = "HEBCJFDAIK"
