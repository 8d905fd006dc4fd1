"""`numpy` where its compiled core cannot be had: it can be imported, but not used."""

from absent import absent

__version__ = "0"
sctypeDict: dict[str, type] = {}


class ndarray:
    """The type of arrays, of which there are none."""

    def __class_getitem__(cls, _types: object) -> type:
        return cls


absent(__name__)
