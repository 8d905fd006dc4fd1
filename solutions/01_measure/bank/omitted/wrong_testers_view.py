"""misconception: tester-sees-users
fails: wait_of_60, users_p80
"""

missing = 5
recorded_p80 = 1
wait_of_60 = 1
users_p80 = 1
