"""misconception: more-is-better
fails: score on days that are not shown, no wrong answer there
"""

settings = {"deadline": 30, "give_up": 30, "rest": 60, "tool_ttl": 300, "room": 40}
