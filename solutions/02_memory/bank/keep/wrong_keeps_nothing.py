"""misconception: silent-loss
fails: importance 1.0 always stays, then by importance with the newer of equals first, in their order whatever the budget, an error when the 1.0s alone are too much, an error when there is no room at all
"""

def keep(items, budget):
    return []
