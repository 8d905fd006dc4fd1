"""misconception: rank-is-index
fails: hasty_p90
"""

p50, p90, p95, hasty_p90 = 350, 760, 2000, 760
