"""More than one setting reaches the aims."""

settings = {"keep_fraction": 0.76, "importance_weight": 0.65}
