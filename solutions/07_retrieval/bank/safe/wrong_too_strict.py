"""misconception: judge-everything
fails: right answers served
"""

cache_settings = {"threshold": 0.6, "guards": ['word order', 'asked or told', 'same words']}
