"""misconception: busy-is-cheap
fails: wait_95
"""

in_flight = 9
busy = 0.75
wait = 0.5
wait_95 = 0.38
