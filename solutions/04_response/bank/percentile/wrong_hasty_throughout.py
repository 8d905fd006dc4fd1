"""misconception: rank-is-index
fails: p50, p90
"""

p50, p90, p95, hasty_p90 = 420, 2000, 2000, 2000
