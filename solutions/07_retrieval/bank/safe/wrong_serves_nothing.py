"""misconception: never-keep
fails: wrong answers served, right answers served
"""

cache_settings = {"threshold": 1, "guards": ['word order', 'asked or told', 'same words']}
