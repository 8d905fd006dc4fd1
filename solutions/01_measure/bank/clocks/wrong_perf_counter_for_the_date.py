"""misconception: wall-clock-measures
fails: for_the_date
"""

by_time = -2
by_perf_counter = 8
by_process_time = 4
for_the_wait = "perf_counter"
for_the_date = "perf_counter"
