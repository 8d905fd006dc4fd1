"""sets of letters"""

hot = {"e"}
warm = {"c", "b"}
cold = ["d", "a"]
gone = ("b", "a", "d")
