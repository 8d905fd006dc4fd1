"""Lines below each other."""

order = """
H
E
B
C
J
F
I
A
K
"""
