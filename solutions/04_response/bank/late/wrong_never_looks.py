"""misconception: never-keep
fails: an answer in time is returned and kept, the late answer is kept and served at once, the model ran once
"""

order = "IHCGFMLBK"
