"""misconception: cpu-time-is-waiting
fails: by_perf_counter
"""

by_time = -2
by_perf_counter = 5
by_process_time = 4
for_the_wait = "perf_counter"
for_the_date = "time"
