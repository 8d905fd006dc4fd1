"""Wrote who goes.

misconception: wrong-end
fails: ?
"""

by_pair = "fb"
by_score = "be"
