"""misconception: written-is-safe
fails: lines that make a function with no trap, nothing torn is read wherever the power fails
"""

order = "ICAEBHGD"
