"""Other people's libraries behind the calls that the pages time."""
