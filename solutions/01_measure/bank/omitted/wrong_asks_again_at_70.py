"""misconception: off-by-one
fails: missing
"""

missing = 4
recorded_p80 = 1
wait_of_60 = 15
users_p80 = 33
