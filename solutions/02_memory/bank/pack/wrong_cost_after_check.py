"""Cost after check.

misconception: count-what-was-skipped
fails: ?
"""

order = "HEBJFCAIK"
