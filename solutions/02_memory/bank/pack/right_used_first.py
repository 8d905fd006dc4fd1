"""Counting before choosing comes to the same."""

order = "HEBCJFIAK"
