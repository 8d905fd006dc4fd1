"""misconception: line-of-one
fails: wait
"""

in_flight = 9
busy = 0.75
wait = 6 * 0.75
wait_95 = 3.8
