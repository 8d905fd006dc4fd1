"""A little lower serves as many."""

settings = {"threshold": 0.45, "guards": 9}
