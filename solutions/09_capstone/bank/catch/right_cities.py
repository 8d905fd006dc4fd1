"""other messages"""

hard = "Compare night backup and voice notes step by step."
short_day = [
    (0, "x", "My city is Rome."),
    (0.5, "y", "My city is Oslo."),
    (3, "x", "What is my city?"),
    (6, "y", "What is my city?"),
    (7, "x", "Open a ticket: printer 3 jams."),
    (8, "x", "Here is my log: net"),
    (11, "x", "What is my city?"),
    *[(20 + 40 * n, f"u{n}", "Where is order 8103?") for n in range(5)],
    (30, "x", "How do I lock dark mode?"),
    (34, "y", "How do I unlock dark mode?"),
    (100, "x", hard),
    (200, "x", hard),
]
