order = ["G", "E", "B", "C", "A", "D"]
