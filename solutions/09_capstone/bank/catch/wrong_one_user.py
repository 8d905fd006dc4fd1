"""misconception: one-case-is-enough
fails: catches one that tells one user what is another's
"""

short_day = [
    (1, "ann", "How do I enable mail alerts?"),
    (4, "ann", "How do I disable mail alerts?"),
    (10, "ann", "My name is Ada."),
    (11, "ann", "My name is Ada."),
    (15, "ann", "What is my name?"),
    (18, "ann", "What is my name?"),
    (20, "ann", "Here is my log: " + "disk full " * 40),
    (25, "ann", "What is my name?"),
    (30, "ann", "Where is order 2830?"),
    (105, "ann", "Compare dark mode and mail alerts step by step."),
    (120, "ann", "Where is order 2830?"),
    (180, "ann", "Compare dark mode and mail alerts step by step."),
]
