from fractions import Fraction
one_by_one = Fraction(12)
together = Fraction(8, 2)
two_at_a_time = Fraction(21, 3)
