"""Decode the body of an answer in steps, each of which holds only a little of it."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol

import zstandard

OFFERED = "gzip, deflate, zstd"  # for Accept-Encoding
STEP = 1 << 16  # bytes that a step of zlib gives at most
PIECE = 64  # bytes that a step of zstd takes: it can make 128 KiB of every four
WINDOW = 1 << 23  # bytes that zstd may look back, which RFC 9659 limits to this
LAYERS = 4  # more than any server needs, and each takes memory of its own


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says, or is in one we cannot read."""


class Layer(Protocol):
    """One encoding taken off."""

    def steps(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to, bit by bit; an empty step is one, too."""
        ...

    @property
    def complete(self) -> bool:
        """Whether the data may end here."""
        ...


class Inflate:
    """Gzip, of several members too, and deflate with or without a zlib header."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._stream: zlib._Decompress | None = None

    def steps(self, data: bytes) -> Iterator[bytes]:
        """Yield at most `STEP` bytes at a time."""
        given = bool(data)
        while given:
            if self._stream is None or (self._stream.eof and self._next(data)):
                self._stream = zlib.decompressobj(self._format(data))
            elif self._stream.eof:
                return  # whatever follows is not part of the body
            out = self._stream.decompress(data, STEP)
            data = self._stream.unconsumed_tail or self._stream.unused_data
            given = bool(data or out)  # there may be more inside without more data
            yield out

    @property
    def complete(self) -> bool:
        """Whether the last member has ended."""
        return self._stream is None or self._stream.eof

    def _next(self, data: bytes) -> bool:
        return self._gzip and data.startswith(b"\x1f")

    def _format(self, data: bytes) -> int:
        if self._gzip:
            return 16 + zlib.MAX_WBITS
        # a zlib header starts with method 8; many servers leave the header out
        return zlib.MAX_WBITS if data[0] & 15 == 8 else -zlib.MAX_WBITS


class Zstd:
    """Zstandard, of several frames too."""

    def __init__(self) -> None:
        self._maker = zstandard.ZstdDecompressor(max_window_size=WINDOW)
        self._frame = self._maker.decompressobj()
        self._begun = False

    def steps(self, data: bytes) -> Iterator[bytes]:
        """Yield what `PIECE` bytes at a time decode to."""
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            while piece:
                if self._frame.eof:
                    self._frame = self._maker.decompressobj()
                self._begun = True
                yield self._frame.decompress(piece)
                piece = self._frame.unused_data

    @property
    def complete(self) -> bool:
        """Whether the last frame has ended."""
        return self._frame.eof or not self._begun


class Decoder:
    """Takes off the encodings that `encodings`, a Content-Encoding, lists."""

    def __init__(self, encodings: str) -> None:
        names = [name.strip().lower() for name in encodings.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if len(names) > LAYERS:
            raise Undecodable(f"{len(names)} encodings on top of each other")
        self._layers = [_layer(name) for name in reversed(names)]

    def steps(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to; between two steps others may have a turn."""
        try:
            yield from _through(self._layers, data)
        except (zlib.error, zstandard.ZstdError) as e:
            raise Undecodable(f"the encoded body is damaged ({e})") from e

    def close(self) -> None:
        """Raise `Undecodable` if the body is not complete."""
        if not all(layer.complete for layer in self._layers):
            raise Undecodable("the encoded body ends too early")


def _layer(name: str) -> Layer:
    if name in ("gzip", "x-gzip", "deflate"):
        return Inflate(gzip=name != "deflate")
    if name == "zstd":
        return Zstd()
    raise Undecodable(f"the encoding {name[:40]!r} is not one of {OFFERED}")


def _through(layers: Sequence[Layer], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for part in layers[0].steps(data):
        yield from _through(layers[1:], part)
