"""misconception: forget-the-rest
fails: bytes_a_request
"""

leak = 11
cache = 10
buffer = 7
bytes_a_request = 158.9
