"""`numpy` where its compiled core cannot be had: it can be imported, but not used."""

from typing import Any

from absent import absent, made

__version__ = "0"
sctypeDict: dict[str, type] = {}


class ndarray:
    """The type of arrays, of which there are none."""

    def __class_getitem__(cls, _types: object) -> type:
        return cls


class _Unmade:
    """An array that a module makes for later; to use it says that it is not there."""

    def _refuse(self, *_: Any) -> Any:
        return made("numpy.array")()

    __getattr__ = __len__ = __iter__ = __getitem__ = _refuse


def empty(*_: Any, **__: Any) -> _Unmade:
    """An array, which some modules make when they are imported."""
    return _Unmade()


absent(__name__)
