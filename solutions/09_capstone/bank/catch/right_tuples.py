"""a tuple of tuples"""

short_day = tuple(
    tuple(row)
    for row in [
        [2, "ann", "How do I show single sign-on?"],
        [6, "ann", "How do I hide single sign-on?"],
        [8, "ann", "My name is Zoe."],
        [9, "bea", "My name is Yan."],
        [12, "bea", "What is my name?"],
        [14, "ann", "What is my name?"],
        [16, "ann", "Here is my log: " + "port " * 100],
        [20, "ann", "What is my name?"],
        [40, "ann", "Where is order 4632?"],
        [98, "bea", "Compare public links and night backup step by step."],
        [150, "bea", "Where is order 4632?"],
        [190, "ann", "Compare public links and night backup step by step."],
    ]
)
