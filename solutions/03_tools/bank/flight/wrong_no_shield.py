"""misconception: the-run-is-mine
fails: lines that make a function and no trap, a cancelled caller takes nobody along
"""

order = "GEBCAF"
