by_time = 8 - 10
by_perf_counter = 2 + 3 + 1 + 2
by_process_time = 2 + 2
for_the_wait = "time.perf_counter()"
for_the_date = "time.time"
