"""The box: a learner's kernel with no network, no files of others, and limits.

`register()` makes this process's kernels start in it, `protection()` says what holds
them, and `client.km.provisioner.kernel` is the running kernel of an nbclient.
"""

from coursekit.sandbox.box import Unavailable
from coursekit.sandbox.choose import allow_unprotected, protection
from coursekit.sandbox.kernel import Kernel, StartFailed
from coursekit.sandbox.limits import Limits
from coursekit.sandbox.provisioner import NAME, register

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
