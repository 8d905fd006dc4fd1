"""Side by side in one run: the naive version, the reference and its peers."""
