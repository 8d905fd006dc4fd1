from decimal import Decimal
import numpy as np
letters = "RJHHHRJH"
average_wait = Decimal("0.75")
average_run = np.int64(2)
