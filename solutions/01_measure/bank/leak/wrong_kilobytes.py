"""misconception: a-figure-needs-no-unit
fails: bytes_a_request
"""

leak = 11
cache = 10
buffer = 7
bytes_a_request = 0.07945
