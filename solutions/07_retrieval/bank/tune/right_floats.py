"""Whole numbers, written as floats."""

settings = {"m": 10.0, "ef_construction": 400.0, "ef": 35.0}
