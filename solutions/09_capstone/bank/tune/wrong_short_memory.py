"""misconception: oldest-goes
fails: score on days that are not shown, no wrong answer there
"""

settings = {"deadline": 5, "give_up": 6, "rest": 8, "tool_ttl": 10, "room": 60}
