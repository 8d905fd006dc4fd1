"""Both costs.

misconception: break-on-first
fails: nine lines that make a function, never longer than the budget, takes the best that fit up to the last character
"""

order = "HEBCGJFAIK"
