"""misconception: big-is-a-leak
fails: leak, buffer
"""

leak = 7
cache = 10
buffer = 11
bytes_a_request = 79.45
