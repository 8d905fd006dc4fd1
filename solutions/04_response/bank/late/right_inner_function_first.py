"""The inner function may be defined before the look at what is kept."""

order = "IHCAJGFMLBK"
