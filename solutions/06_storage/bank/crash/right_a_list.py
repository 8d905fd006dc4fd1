"""a list of letters"""

order = ["I", "C", "A", "E", "B", "H", "G"]
