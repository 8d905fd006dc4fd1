"""Stand-ins of packages that do nothing here but say that they are not here.

A folder of the same name wins over a file: where the real package has been loaded,
it is used and its stand-in is not.
"""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

INSTEAD = "run this on your own machine, where `make lab` opens the course"


class NotInATab(ImportError):
    """A part of the course that a browser tab does not have."""


class _Anything(type):
    """Of a class of which everything may be asked, so that modules can be imported."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return made(f"{cls.__qualname__}.{name}")

    def __or__(cls, _other: Any) -> Any:
        return Any

    def __ror__(cls, _other: Any) -> Any:
        return Any


def made(name: str) -> type:
    """A class that cannot be used; its name says of which package it is."""
    package = name.partition(".")[0].lstrip("_")

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise NotInATab(f"{package} does not run in a browser tab: {INSTEAD}")

    body: dict[str, Any] = {
        "__new__": refuse,
        "__qualname__": name,
        "__class_getitem__": classmethod(lambda cls, _: cls),
    }
    return _Anything(name.rpartition(".")[2], (), body)


class _Parts(MetaPathFinder, Loader):
    """Finds whatever part of an absent package is asked for."""

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """A module for each name inside the package."""
        if name.startswith(f"{self._package}."):
            return ModuleSpec(name, self, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Give the part's names."""
        _fill(module)


def _fill(module: ModuleType) -> None:
    name = module.__name__

    def __getattr__(part: str) -> Any:
        if part.startswith("__"):
            raise AttributeError(part)
        return made(f"{name}.{part}")

    module.__path__ = []
    module.__getattr__ = __getattr__  # type: ignore[method-assign]


def absent(name: str) -> None:
    """Let the module of this name be imported, with all its parts, but not used."""
    _fill(sys.modules[name])
    sys.meta_path.append(_Parts(name))
