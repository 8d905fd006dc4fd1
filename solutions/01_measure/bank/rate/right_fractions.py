"""exact, in fractions"""

from fractions import Fraction


def rate(log, ended, warm_up):
    length = Fraction(ended) - Fraction(warm_up)
    if length <= 0:
        return None
    return Fraction(len([0 for t, ok in log if ok and warm_up < t <= ended])) / length
