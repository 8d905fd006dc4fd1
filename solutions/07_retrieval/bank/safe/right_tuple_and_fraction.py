"""A tuple; other words for 0.7."""

cache_settings = dict(
    threshold=7 / 10, guards=("same words but a slip", "word order", "asked or told")
)
