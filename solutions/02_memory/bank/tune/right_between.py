"""Between."""

settings = {"keep_fraction": 0.75, "importance_weight": 0.64}
