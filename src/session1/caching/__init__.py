"""Parts for keeping answers: keys, expiry, one run for many callers, safe copies."""
