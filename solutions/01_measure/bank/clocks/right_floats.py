by_time = -2.0
by_perf_counter = 8.0
by_process_time = 4.0
for_the_wait = "perf_counter"
for_the_date = "time"
