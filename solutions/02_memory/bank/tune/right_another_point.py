"""More than one setting reaches the aims."""

settings = {"keep_fraction": 0.74, "importance_weight": 0.66}
