"""a number of NumPy's"""


settings = {"after_ms": __import__("numpy").int64(16), "which": "reads"}
