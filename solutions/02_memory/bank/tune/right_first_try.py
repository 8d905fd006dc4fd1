"""The weight moved once, by a tenth."""

settings = {"keep_fraction": 0.7, "importance_weight": 0.6}
