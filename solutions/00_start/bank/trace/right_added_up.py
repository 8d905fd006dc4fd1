"""Added up tenth by tenth: 0.8999999999999999 is 0.9 to a clock."""

first = 0.5
second = first + 0.1 + 0.1 + 0.1 + 0.1
