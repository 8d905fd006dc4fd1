"""misconception: first-in-is-least-used
fails: lru_hits
"""
lru_hits, ttl_hits, never = 2, 2, 4
