"""misconception: written-is-safe
fails: nothing torn is read wherever the power fails
"""

order = "ICABEHG"
