"""Letters in a list."""

path = ["a", "i", "m", "l"]
compared = 7.0
flat = 13
