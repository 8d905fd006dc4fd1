"""misconception: misses-are-alike
fails: never
"""
lru_hits, ttl_hits, never = 3, 2, 7
