"""misconception: largest-number-first
fails: gains the most points
"""

change = "give up calls that hang and leave the model alone"
