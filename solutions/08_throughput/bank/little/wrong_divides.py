"""misconception: rate-is-load
fails: in_flight, busy, wait
"""

in_flight = 12 / 0.75
busy = 16 / 12
wait = 12 / 6
wait_95 = 3.8
