"""misconception: a-cache-runs-once
fails: lines that make a function and no trap, overlapping callers cause one run, other keys run beside it, a cancelled caller takes nobody along, a failure reaches all and is forgotten
"""

order = "GBECAD"  # the letters of the lines, in order
