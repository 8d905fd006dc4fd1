"""The same settings by dict()."""

settings = dict(guards=9, threshold=0.55)
