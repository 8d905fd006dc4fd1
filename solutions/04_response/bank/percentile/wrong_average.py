"""misconception: average-is-typical
fails: p50
"""

p50, p90, p95, hasty_p90 = 535, 760, 2000, 2000
