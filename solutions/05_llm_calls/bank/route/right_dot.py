"""whole numbers with a dot"""
settings = {"words": 11.0, "cues": 1.0}
