"""the same"""

change = "let tool results age"
