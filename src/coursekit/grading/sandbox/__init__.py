"""The box: a learner's kernel with no network, no files of others, and limits.

`register()` makes this process's kernels start in it, `protection()` says what holds
them, and `client.km.provisioner.kernel` is the running kernel of an nbclient.
"""

from coursekit.grading.sandbox.box import Unavailable
from coursekit.grading.sandbox.in_force import allow_unprotected, protection
from coursekit.grading.sandbox.kernel import Kernel, StartFailed
from coursekit.grading.sandbox.limits import Limits
from coursekit.grading.sandbox.provisioner import NAME, register

__all__ = [
    "NAME",
    "Kernel",
    "Limits",
    "StartFailed",
    "Unavailable",
    "allow_unprotected",
    "protection",
    "register",
]
