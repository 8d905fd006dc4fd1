"""exact fractions"""

from fractions import Fraction

in_flight = Fraction(9)
busy = Fraction(3, 4)
wait = Fraction(1, 2)
wait_95 = Fraction(1, 5) * 19
