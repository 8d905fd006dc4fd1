"""misconception: a-search-is-a-use
fails: warm: the right letters, cold: the right letters, gone: the right letters
"""

hot = "e"
warm = "bcd"
cold = "a"
gone = "ab"
