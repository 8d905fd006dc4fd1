order = list("IAJHCGFMLBK")
