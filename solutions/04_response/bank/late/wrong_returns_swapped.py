"""misconception: never-keep
fails: eleven lines that keep an answer in time, the stand-in comes at the deadline and is not kept, the late answer is kept and served at once, the model ran once
"""

order = "IAKHCGFMLBJ"
