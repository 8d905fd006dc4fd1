"""What learners call says in one line what does not fit, without a traceback."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from coursekit.module import ModuleError

P = ParamSpec("P")
T = TypeVar("T")


def one_line(function: Callable[P, T]) -> Callable[P, T | None]:
    """`function`, whose ModuleError is printed instead of raised."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return function(*args, **kwargs)
        except ModuleError as error:
            print(error)
            return None

    return called
