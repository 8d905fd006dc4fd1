"""misconception: one-case-is-enough
fails: catches one that keeps what a tool said for ten minutes
"""

short_day = [
    (1, "ann", "How do I enable mail alerts?"),
    (4, "bob", "How do I disable mail alerts?"),
    (10, "ann", "My name is Ada."),
    (11, "bob", "My name is Ben."),
    (15, "ann", "What is my name?"),
    (18, "bob", "What is my name?"),
    (20, "ann", "Here is my log: " + "disk full " * 40),
    (25, "ann", "What is my name?"),
    (30, "ann", "Where is order 2830?"),
    (105, "ann", "Compare dark mode and mail alerts step by step."),
    (32, "bob", "Where is order 2830?"),
    (180, "bob", "Compare dark mode and mail alerts step by step."),
]
