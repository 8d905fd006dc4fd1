"""misconception: wall-clock-measures
fails: by_time
"""

by_time = 18
by_perf_counter = 8
by_process_time = 4
for_the_wait = "perf_counter"
for_the_date = "time"
