"""The same settings by dict()."""

settings = dict(guards=7, threshold=0.55)
