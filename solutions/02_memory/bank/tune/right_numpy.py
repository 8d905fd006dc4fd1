"""Numpy."""

settings = dict(keep_fraction=__import__("numpy").float64(0.7), importance_weight=__import__("numpy").float32(0.65))
