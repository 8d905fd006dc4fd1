"""Reference agents that are fast, small and steady, and the parts they are made of."""
