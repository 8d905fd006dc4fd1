"""misconception: threshold-separates
fails: wrong answers served, right answers served
"""

cache_settings = {"threshold": 0.95, "guards": []}
