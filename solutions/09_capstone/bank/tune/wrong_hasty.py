"""misconception: cut-is-quick
fails: score on days that are not shown
"""

settings = {"deadline": 1, "give_up": 1, "rest": 8, "tool_ttl": 10, "room": 220}
