"""misconception: average-is-typical
fails: recorded_p80, users_p80
"""

missing = 5
recorded_p80 = 11
wait_of_60 = 15
users_p80 = 17.5
