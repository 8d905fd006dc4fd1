"""Searched."""

settings = next(
    {"keep_fraction": k / 100, "importance_weight": w / 100}
    for k in range(70, 81, 10)
    for w in range(60, 71, 1)
    if (lambda kept, present, cleanups: kept >= 85 and present >= 90 and cleanups <= 20)(
        *shares(run(budget=60, cleanup_interval=25, keep_fraction=k / 100, importance_weight=w / 100))
    )
)
