"""misconception: never-keep
fails: eleven lines that keep an answer in time, the late answer is kept and served at once, the model ran once
"""

order = "IHCGFMLBK"
