"""Report errors of learners' calls on one line, without a traceback."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from coursekit.core.module import ModuleError

P = ParamSpec("P")
T = TypeVar("T")


def one_line(function: Callable[P, T]) -> Callable[P, T | None]:
    """`function`, but a ModuleError or a wrong number of arguments is printed."""
    takes = inspect.signature(function)
    plain = [p.replace(annotation=p.empty) for p in takes.parameters.values()]
    call = f"{function.__name__}{inspect.Signature(plain)}"

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            takes.bind(*args, **kwargs)
        except TypeError as error:
            print(f"{call}: {error}")
            return None
        try:
            return function(*args, **kwargs)
        except ModuleError as error:
            print(error)
            return None

    return called
