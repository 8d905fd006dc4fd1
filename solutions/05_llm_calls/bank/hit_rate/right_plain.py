"""the three figures"""
lru_hits, ttl_hits, never = 3, 2, 4
