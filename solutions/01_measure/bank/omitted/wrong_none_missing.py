"""misconception: missing-is-nothing
fails: missing
"""

missing = 0
recorded_p80 = 1
wait_of_60 = 15
users_p80 = 33
