from fractions import Fraction
settings = {"threshold": Fraction(1, 2), "guards": 7}
