"""misconception: similar-is-shared
fails: tokens read in 48 calls of twelve customers
"""
order = "ICFEDJBGH"
