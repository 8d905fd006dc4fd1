"""misconception: free-separators
fails: never longer than the budget, takes the best that fit up to the last character
"""

order = "HEBGJFAIK"
