"""misconception: order-alone-saves
fails: six parts and each once, tokens read in 48 calls of twelve customers
"""
order = "ICFEJDBGAH"
