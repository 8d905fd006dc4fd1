"""misconception: between-two-values
fails: p50, p90, p95
"""

p50 = 385
p90 = 884
p95 = 1442
hasty_p90 = 2000
