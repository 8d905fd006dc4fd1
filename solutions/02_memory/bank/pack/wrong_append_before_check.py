"""Append before check.

misconception: evict-after
fails: ?
"""

order = "HEBCAJFIK"
