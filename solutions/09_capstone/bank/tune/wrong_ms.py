"""misconception: a-figure-needs-no-unit
fails: score on days that are not shown, no wrong answer there
"""

settings = {"deadline": 5000, "give_up": 6000, "rest": 8000, "tool_ttl": 10000, "room": 220}
