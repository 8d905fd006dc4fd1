from fractions import Fraction
from decimal import Decimal
p50 = Fraction(350)
p90 = Decimal("760")
p95 = hasty_p90 = 2000.0
