"""misconception: the-run-is-mine
fails: a cancelled caller takes nobody along
"""

order = "GEBCAF"
