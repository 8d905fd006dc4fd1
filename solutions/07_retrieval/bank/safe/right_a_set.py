"""A set, and guards that are not needed."""

cache_settings = {
    "threshold": 0.55,
    "guards": {"negation", "numbers", "word order", "asked or told", "same words but a slip"},
}
