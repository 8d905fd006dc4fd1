"""misconception: ttls-add-up
fails: warm: the right letters, cold: the right letters, gone: the right letters
"""

hot = "e"
warm = "abc"
cold = "d"
gone = ""
