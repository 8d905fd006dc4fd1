"""Spaces and small letters are free."""

order = "i a j h c g f m l b k"
