"""misconception: between-two-values
fails: p50, p90, p95
"""

p50, p90, p95, hasty_p90 = 385, 884, 1442, 2000
