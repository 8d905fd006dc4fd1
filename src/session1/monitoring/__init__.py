"""Recording what an agent does: how often, how long, at what cost."""
