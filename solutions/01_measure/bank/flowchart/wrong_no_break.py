"""misconception: every-remedy-helps
fails: it stops when nothing is left to try
"""

order = "KIBENMDJHOAG"
