"""misconception: flights-are-a-cache
fails: a failure reaches all and is forgotten
"""

order = "GEBCD"
