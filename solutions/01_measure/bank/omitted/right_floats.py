missing = 5.0
recorded_p80 = 1.0
wait_of_60 = 15.0
users_p80 = 33.0
