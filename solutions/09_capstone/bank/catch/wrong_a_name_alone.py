"""misconception: one-case-is-enough
fails: catches one that serves the nearest question's answer, catches one that tells one user what is another's, catches one that keeps what a tool said for ten minutes, catches one that keeps a stand-in as an answer, catches one that lets a long log push a name out
"""

short_day = [(1, "ann", "My name is Ada."), (5, "ann", "What is my name?")]
