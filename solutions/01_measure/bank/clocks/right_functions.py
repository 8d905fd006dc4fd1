by_time = -2
by_perf_counter = 8
by_process_time = 4
for_the_wait = time.perf_counter
for_the_date = time.time
