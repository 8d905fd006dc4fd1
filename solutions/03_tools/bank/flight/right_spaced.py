"""Spaces and small letters are free."""

order = "g e b c a d"
