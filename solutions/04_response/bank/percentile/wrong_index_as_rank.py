"""misconception: rank-is-index
fails: p50, p90
"""

p50 = 420
p90 = 2000
p95 = 2000
hasty_p90 = 2000
