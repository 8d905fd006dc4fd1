"""misconception: age-from-the-put
fails: hot: the right letters, warm: the right letters
"""

hot = ""
warm = "bce"
cold = "ad"
gone = "abd"
