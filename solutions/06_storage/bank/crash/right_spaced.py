"""with spaces and small letters"""

order = "i c a e b h g"
