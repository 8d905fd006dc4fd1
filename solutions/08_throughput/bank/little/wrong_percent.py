"""misconception: percent-is-a-share
fails: busy
"""

in_flight = 9
busy = 75
wait = 0.5
wait_95 = 3.8
