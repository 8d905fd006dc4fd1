"""misconception: order-of-arrival
fails: p50, p90, p95, hasty_p90
"""

p50, p90, p95, hasty_p90 = 510, 130, 640, 640
