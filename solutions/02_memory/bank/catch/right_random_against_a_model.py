"""Random against a model."""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    import random

    dice = random.Random(1)
    for _ in range(300):
        texts = ["x" * dice.randint(1, 9) for _ in range(dice.randint(0, 6))]
        sep = dice.choice(["\n", ", ", "-----"])
        budget = dice.randint(0, 30)
        expected, chosen = "", []
        for text in texts:
            longer = sep.join([*chosen, text])
            if len(longer) <= budget:
                chosen, expected = [*chosen, text], longer
        if pack(texts, budget, sep) != expected:
            raise AssertionError(f"{texts} into {budget} with {sep!r}")
        if sep == "\n" and pack(texts, budget) != expected:
            raise AssertionError("sep is a newline unless given")
