"""misconception: order-is-free
fails: a model that is left alone is not asked
"""

order = "BFOJHGNDCIL"
