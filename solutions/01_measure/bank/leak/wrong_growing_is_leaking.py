"""misconception: what-grows-is-a-leak
fails: leak, cache
"""

leak = 10
cache = 11
buffer = 7
bytes_a_request = 79.45
