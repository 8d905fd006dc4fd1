"""misconception: more-is-better
fails: lru_hits, ttl_hits
"""
lru_hits, ttl_hits, never = 6, 6, 4
