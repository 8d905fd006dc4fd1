"""a list"""

order = ["B", "F", "A", "E", "O", "J", "H", "G", "N", "D", "C", "I", "L"]
