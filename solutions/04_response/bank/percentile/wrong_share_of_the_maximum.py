"""misconception: percent-of-the-maximum
fails: p50, p90, p95, hasty_p90
"""

p50, p90, p95, hasty_p90 = 1000, 1800, 1900, 1800
