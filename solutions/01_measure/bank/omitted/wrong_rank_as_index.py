"""misconception: rank-is-index
fails: recorded_p80, users_p80
"""

missing = 5
recorded_p80 = 51
wait_of_60 = 15
users_p80 = 42
