"""in the middle"""

settings = {"deadline": 4, "give_up": 4, "rest": 5, "tool_ttl": 12, "room": 200}
