"""Fraction."""

first = __import__("fractions").Fraction(1, 2)
second = __import__("decimal").Decimal("0.9")
