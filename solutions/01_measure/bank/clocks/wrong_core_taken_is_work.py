"""misconception: cpu-time-is-waiting
fails: by_process_time
"""

by_time = -2
by_perf_counter = 8
by_process_time = 5
for_the_wait = "perf_counter"
for_the_date = "time"
