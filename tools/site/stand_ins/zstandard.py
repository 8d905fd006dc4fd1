"""`zstandard` on the standard library's own module, there since Python 3.14."""

from typing import Any

from compression import zstd

ZstdError = zstd.ZstdError


class ZstdCompressor:
    """Compresses in one piece."""

    def __init__(self, level: int = 3, **_: Any) -> None:
        self._level = level

    def compress(self, data: bytes) -> bytes:
        """The compressed bytes."""
        return bytes(zstd.compress(data, self._level))


class ZstdDecompressor:
    """Decompresses in one piece, or piece by piece."""

    def __init__(self, **_: Any) -> None:
        pass

    def decompress(self, data: bytes, **_: Any) -> bytes:
        """The bytes as they were."""
        return bytes(zstd.decompress(data))

    def decompressobj(self, **_: Any) -> Any:
        """What takes the compressed bytes in pieces."""
        return zstd.ZstdDecompressor()
