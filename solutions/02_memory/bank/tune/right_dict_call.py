"""Dict call."""

settings = dict(importance_weight=0.65, keep_fraction=0.7)
