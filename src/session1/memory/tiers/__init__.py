"""Parts of a store of records in tiers: hot in front, warm and cold on disk."""
