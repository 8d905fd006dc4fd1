"""misconception: big-is-a-leak
fails: buffer
"""

leak = 11
cache = 10
buffer = 9
bytes_a_request = 79.45
