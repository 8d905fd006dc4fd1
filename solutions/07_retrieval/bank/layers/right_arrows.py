"""Arrows, and sums."""

path = "A → I → M → L"
compared = 2 + 2 + 3
flat = len("abcdefghijklm")
