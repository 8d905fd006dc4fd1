"""misconception: the-run-is-mine
fails: lines that make a function and no trap
"""

order = "GEBCADF"
