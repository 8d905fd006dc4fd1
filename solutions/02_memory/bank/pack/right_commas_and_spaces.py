"""Commas and spaces."""

order = "H, E, B, C, J, F, A, I, K"
