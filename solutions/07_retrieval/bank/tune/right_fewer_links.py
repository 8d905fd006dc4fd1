"""Fewer links, a wider beam."""

settings = {"m": 10, "ef_construction": 100, "ef": 35}
