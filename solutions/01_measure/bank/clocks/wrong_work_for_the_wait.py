"""misconception: cpu-time-is-waiting
fails: for_the_wait
"""

by_time = -2
by_perf_counter = 8
by_process_time = 4
for_the_wait = "process_time"
for_the_date = "time"
