"""worked out in the cell, as 02's and 03's learners may"""

in_flight = 12 * 0.75
busy = in_flight / 12
wait = 6 / 12
wait_95 = 0.2 * 0.95 / (1 - 0.95)
