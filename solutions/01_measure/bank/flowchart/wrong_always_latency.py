"""misconception: the-bottleneck-stays
fails: what made it worse is undone, the bottleneck is named again after each remedy
"""

order = "KIBFLCNMDJHOAG"
