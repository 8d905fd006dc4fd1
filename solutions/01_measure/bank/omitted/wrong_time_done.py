"""misconception: clock-starts-again
fails: wait_of_60
"""

missing = 5
recorded_p80 = 1
wait_of_60 = 75
users_p80 = 33
