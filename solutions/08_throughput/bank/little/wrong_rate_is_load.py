"""misconception: rate-is-load
fails: in_flight, busy
"""

in_flight = 12
busy = 1
wait = 0.5
wait_95 = 3.8
