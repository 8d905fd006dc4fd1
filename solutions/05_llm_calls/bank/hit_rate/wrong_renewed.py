"""misconception: reading-renews
fails: ttl_hits
"""
lru_hits, ttl_hits, never = 3, 4, 4
