"""misconception: every-remedy-helps
fails: what made it worse is undone, it stops when nothing is left to try
"""

order = "KIBFLENMDJHG"
