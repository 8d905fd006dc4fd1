"""misconception: order-is-free
fails: tokens read in 48 calls of twelve customers
"""
order = "ICJFEDBGH"
