"""misconception: the-bottleneck-stays
fails: what helps a little is kept, what made it worse is undone, the bottleneck is named again after each remedy, it stops when the target holds, it stops when nothing is left to try
"""

order = "KIBFLENMDJOAG"
