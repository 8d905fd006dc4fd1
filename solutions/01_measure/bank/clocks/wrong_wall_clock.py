"""misconception: wall-clock-measures
fails: by_time, for_the_wait
"""

by_time = 8
by_perf_counter = 8
by_process_time = 4
for_the_wait = "time"
for_the_date = "time"
