missing = len([30, 40, 50, 60, 70])
recorded_p80 = sorted([1, 1, 51, 1, 1])[3]
wait_of_60 = 75 - 60
users_p80 = sorted([1, 1, 51, 42, 33, 24, 15, 6, 1, 1])[7]
