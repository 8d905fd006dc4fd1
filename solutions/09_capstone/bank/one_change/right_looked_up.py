"""measured"""

change = max(compositions.CHANGES, key=compositions.gained)
