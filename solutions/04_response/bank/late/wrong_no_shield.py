"""misconception: wait-for-lets-go
fails: the late answer is kept and served at once, the model ran once
"""

order = "IAJHCGFELBK"
