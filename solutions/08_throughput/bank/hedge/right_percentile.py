"""P96 of the log"""

settings = {"which": "reads", "after_ms": hedges.percentile(hedges.calls(), 96)}
