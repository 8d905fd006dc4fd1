"""misconception: age-from-the-put
fails: hot: the right letters, warm: the right letters, cold: the right letters, gone: the right letters
"""

hot = ""
warm = "c"
cold = "abde"
gone = "abde"
