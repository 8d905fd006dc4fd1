"""misconception: average-is-typical
fails: p50, p90, p95, hasty_p90
"""

p50 = "350 ms"
p90 = "760 ms"
p95 = "2000 ms"
hasty_p90 = "2000 ms"
