"""misconception: waits-in-no-line
fails: wait_of_60
"""

missing = 5
recorded_p80 = 1
wait_of_60 = 12
users_p80 = 33
