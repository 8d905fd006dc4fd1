"""The box: a learner's kernel with no network, no files of others, and limits.

`provisioner.register()` makes this process's kernels start in it, `choose.protection()`
says what holds them. Nothing is imported here, since judges need next to nothing of it.
"""
