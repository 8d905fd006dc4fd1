"""misconception: never-keep
fails: the model ran once
"""

order = "IHCGAJFMLBK"
