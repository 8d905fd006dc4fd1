"""misconception: the-run-is-mine
fails: a cancelled caller takes nobody along, a failure reaches all and is forgotten
"""

order = "GEBCF"
