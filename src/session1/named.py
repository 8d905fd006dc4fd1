"""Names that one might expect here; whoever uses one reads what it is called."""

from collections.abc import Callable
from typing import Any


class Named:
    """An attribute that has another name: to read, call or set it says which one."""

    def __init__(self, instead: str) -> None:
        self._instead = instead

    def __set_name__(self, owner: type, name: str) -> None:
        self._error = f"{owner.__name__} has no {name}: use {self._instead}"
        self.__doc__ = f"Use {self._instead}."

    def __get__(self, object: Any, owner: type | None = None) -> Any:
        if object is None:  # so that help() can list the class
            return self
        raise AttributeError(self._error)

    def __set__(self, object: Any, value: Any) -> None:
        raise AttributeError(self._error)


def named(module: str, **instead: str) -> Callable[[str], Any]:
    """A `__getattr__` for a module: to import one of these names says what to take."""

    def getattr(name: str) -> Any:
        if name in instead:
            raise ImportError(f"{module} has no {name}: use {instead[name]}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return getattr
