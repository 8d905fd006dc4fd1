own = "clean"
line = 11
calls_left = 300 * 100 + 100 * 8
at_most = 5145.29 / (5145.29 - 4910.46)
