"""misconception: one-guard-is-enough
fails: wrong answers served, right answers served
"""

cache_settings = {"threshold": 0.8, "guards": ['negation']}
