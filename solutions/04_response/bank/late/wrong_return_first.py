"""misconception: off-by-one
fails: an answer in time is returned and kept, the stand-in comes at the deadline and is not kept, the late answer is kept and served at once, the model ran once
"""

order = "IKAJHCGFMLB"
