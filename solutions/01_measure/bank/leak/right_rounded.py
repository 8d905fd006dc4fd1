leak = 11.0
cache = 10
buffer = 7
bytes_a_request = 80
