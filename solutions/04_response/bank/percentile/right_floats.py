"""Numbers with a point are the same numbers."""

p50 = 350.0
p90 = 760.0
p95 = 2000.0
hasty_p90 = 2000.0
