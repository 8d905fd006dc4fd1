"""misconception: percentile-rounds-down
fails: p95
"""

p50, p90, p95, hasty_p90 = 350, 760, 760, 2000
