"""other figures"""

settings = dict(deadline=5.5, give_up=7.5, rest=10.0, tool_ttl=10.0, room=250.0)
