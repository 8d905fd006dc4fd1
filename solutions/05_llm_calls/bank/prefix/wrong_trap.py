"""misconception: order-is-free
fails: six parts and each once, tokens read in 48 calls of twelve customers
"""
order = "ICFEJDBGKH"
