"""Numpy."""

first = __import__("numpy").float64(0.5)
second = __import__("numpy").float32(0.9)
