"""In between."""

settings = dict(m=12, ef_construction=200, ef=30)
