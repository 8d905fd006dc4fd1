"""misconception: one-guard-is-enough
fails: wrong answers served, right answers served
"""

cache_settings = {"threshold": 0.6, "guards": ['asked or told', 'same words but a slip']}
