from fractions import Fraction
letters = "r,j,h,h,h,r,j,h"
average_wait = Fraction(3, 4)
average_run = Fraction(2)
