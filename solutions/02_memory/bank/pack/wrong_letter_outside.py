"""Letter outside.

misconception: one-case-is-enough
fails: ?
"""

order = "HEBCJFAIX"
