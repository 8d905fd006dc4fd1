"""misconception: one-case-is-enough
fails: any text has an answer and capitals change none
"""

def is_hard(prompt):
    asked = re.sub(r'"[^"]*"', "", prompt)
    hints = ["Prove", "prove", "Derive", "derive", "Design", "Implement", "Refactor"]
    hints += ["Debug", "Optimi", "Analy", "Evaluate", "plan", "Review", "Develop"]
    hints += ["step by step", "probability", "If all", "smallest", "Show by induction"]
    return any(hint in asked for hint in hints) or words(asked) >= 12
