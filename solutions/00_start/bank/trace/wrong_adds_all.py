"""misconception: waits-add-up
fails: first, second
"""

first = 0.7
second = 1.1
