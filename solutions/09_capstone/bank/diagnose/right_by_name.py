"""a call of dict"""

causes = dict(A="router", B="tool cache", C="breaker", D="memory")
