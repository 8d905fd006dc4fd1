"""`matplotlib` where it cannot be had: code that draws runs, and nothing is drawn.

What shows a picture has a text with the same figures, which is shown instead.
"""

import contextlib
import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__version__ = "0"
__path__: list[str] = []
rcParams: dict[str, Any] = {}


class Nothing:
    """Whatever is drawn: takes every call and gives more of the same."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *_: Any, **__: Any) -> Any:
        return Nothing()

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __getitem__(self, _key: Any) -> Any:
        return Nothing()

    def __setitem__(self, _key: Any, _value: Any) -> None:
        pass

    def __float__(self) -> float:
        return 0.0

    def _same(self, *_: Any) -> "Nothing":
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __neg__ = _same

    def __lt__(self, _other: Any) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def plot(self, *_: Any, **__: Any) -> list[Any]:
        """One line."""
        return [Nothing()]

    def get_legend_handles_labels(self) -> tuple[list[Any], list[Any]]:
        """None of either."""
        return [], []

    def get_xlim(self) -> tuple[float, float]:
        """From 0 to 1."""
        return 0.0, 1.0

    get_ylim = get_xlim

    def subplots(self, nrows: int = 1, ncols: int = 1, **_: Any) -> Any:
        """Axes, in a list or a table where there are several."""
        if nrows == ncols == 1:
            return Nothing()
        if 1 in (nrows, ncols):
            return [Nothing() for _ in range(nrows * ncols)]
        return [[Nothing() for _ in range(ncols)] for _ in range(nrows)]

    def savefig(self, *_: Any, **__: Any) -> None:
        """Write nothing."""


@contextlib.contextmanager
def rc_context(*_: Any, **__: Any) -> Iterator[None]:
    """Set nothing for the block."""
    yield


class _Parts(MetaPathFinder, Loader):
    """Finds every part of matplotlib; each of its names is the class `Nothing`."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """A module for each name inside the package."""
        if name.startswith("matplotlib."):
            return ModuleSpec(name, self, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Give the part's names."""
        module.__getattr__ = _name  # type: ignore[method-assign]


def _name(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing


sys.meta_path.append(_Parts())
