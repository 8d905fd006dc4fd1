"""misconception: threshold-separates
fails: right answers served
"""

cache_settings = {"threshold": 0.9, "guards": ['word order', 'asked or told', 'same words but a slip']}
