"""Both costs.

misconception: break-on-first
fails: ?
"""

order = "HEBCGJFAIK"
