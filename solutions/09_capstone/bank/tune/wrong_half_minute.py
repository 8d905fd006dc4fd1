"""misconception: slow-is-cacheable
fails: score on days that are not shown, no wrong answer there
"""

settings = {"deadline": 5, "give_up": 6, "rest": 8, "tool_ttl": 45, "room": 220}
