"""Page `memory`: adding at the limit, choosing the context, and counting bytes."""

from benchmarks.page import Goal

TITLE = "Memory: adding, context and bytes"
BUDGET = 2000  # characters of context
ROOMY_MB = 1000.0  # so that the number of entries is the limit that counts
NAIVE_S = 4_000_000  # comparisons that naive does in about a quarter of a second

GOALS = (
    Goal("context", 1_000, "ratio_naive", low=2_000),
    Goal("context", 10_000, "ratio_naive", low=50_000),
    Goal("context", 1_000, "langchain trim_messages", low=100),
    Goal("add", 10_000, "ratio_naive", low=100),
    Goal("add", 100_000, "ratio_naive", low=300),
    Goal("bytes", 10_000, "ours", low=0.85, high=1.15),
)
