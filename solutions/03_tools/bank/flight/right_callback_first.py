"""The callback may be set before the note."""

order = "GEBACD"
