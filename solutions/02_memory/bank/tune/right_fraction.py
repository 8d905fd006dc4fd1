"""Fraction."""

settings = {"keep_fraction": __import__("fractions").Fraction(7, 10), "importance_weight": __import__("decimal").Decimal("0.65")}
