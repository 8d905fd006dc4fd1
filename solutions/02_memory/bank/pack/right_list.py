"""List."""

order = list("HEBCJFAIK")
