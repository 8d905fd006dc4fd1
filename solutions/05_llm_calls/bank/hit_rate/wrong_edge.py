"""misconception: off-by-one
fails: ttl_hits
"""
lru_hits, ttl_hits, never = 3, 3, 4
