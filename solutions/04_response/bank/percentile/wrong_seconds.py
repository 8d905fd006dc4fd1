"""misconception: a-figure-needs-no-unit
fails: p50, p90, p95, hasty_p90
"""

p50, p90, p95, hasty_p90 = 0.35, 0.76, 2.0, 2.0
