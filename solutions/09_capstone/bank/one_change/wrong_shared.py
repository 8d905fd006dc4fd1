"""misconception: every-remedy-helps
fails: gains the most points
"""

change = "share the runs of equal questions"
