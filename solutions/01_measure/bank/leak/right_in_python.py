leak = 11
cache = 10
buffer = 7
bytes_a_request = 1000 * (317.0 - 158.1) / (4000 - 2000)
