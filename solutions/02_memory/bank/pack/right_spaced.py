"""Spaces and small letters are free."""

order = "h e b c j f a i k"
