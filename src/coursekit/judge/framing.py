"""Frames on a socket: a length, then the bytes."""

import re
import socket
import struct

HEAD = struct.Struct(">I")
# What checks count comes in great numbers, so it has short frames of its own. A read:
# READ, the object, the attribute's name. A comparison: which, and the two objects.
# Answers: a float, a moment or one byte. All others begin otherwise ("[", "(").
READ, TRUE, FALSE, FLOAT, MOMENT = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
TOO_LONG = b"\x06"  # the learner's end sends it in place of a frame beyond it
LONGEST = 8_000_000  # bytes of one frame from the learner
COMPARE = {
    name: bytes([16 + i]) for i, name in enumerate(("lt", "le", "gt", "ge", "eq", "ne"))
}
ONE, TWO, REAL = struct.Struct(">cI"), struct.Struct(">cII"), struct.Struct(">cd")
# bytes read at once: a large buffer is costly to make for each small frame
FEW, MANY = 1 << 12, 1 << 18
# bytes that a list, an item (of a set at its widest), half a text and a character of
# JSON come to at most, once parsed and decoded: both copies are there for a moment
LIST, ITEM, QUOTE = 400, 120, 25
ENVELOPE = 1_500  # of a call, which does not outlive it
CRUDE = 1_000_000  # from here on, what stands inside of texts is told apart
TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)


class Gone(Exception):
    """The other side has ended."""


class Oversized(Exception):
    """A frame longer than is allowed."""


def weight(frame: bytes) -> int:
    """Estimate the bytes that a JSON frame's values will take, without making any."""
    wide = 4 if b"\\ud" in frame or not frame.isascii() else 1
    rough = _objects(frame)
    if rough > CRUDE:
        rough = _objects(TEXTS.sub(b'""', frame))
    return wide * len(frame) + max(0, rough - ENVELOPE)


def _objects(frame: bytes) -> int:
    lists = frame.count(b"[") + frame.count(b"{")
    items = frame.count(b",") + frame.count(b":")
    return LIST * lists + ITEM * items + QUOTE * frame.count(b'"')


class Wire:
    """Sends and receives whole frames; one of more than `most` bytes is refused."""

    def __init__(self, sock: socket.socket, most: int) -> None:
        self.sock, self.most = sock, most
        self._left = b""

    def send(self, body: bytes) -> None:
        """Send a frame; Gone when nobody reads it."""
        try:
            head = HEAD.pack(len(body))
            if len(body) < MANY:
                self.sock.sendall(head + body)
            else:  # a copy of it would take as much again
                self.sock.sendall(head)
                self.sock.sendall(body)
        except OSError as error:
            raise Gone(str(error)) from error

    def receive(self) -> bytes:
        """The next frame; waits for it. Gone when there is none, Oversized."""
        data = self._left or self._some(FEW)
        if len(data) < 4:
            data = self._more(data, 4)
        (length,) = HEAD.unpack_from(data)
        if length > self.most:
            raise Oversized(f"a frame of {length} bytes")
        end = 4 + length
        if len(data) < end:
            data = self._more(data, end)
        self._left = data[end:]
        return data[4:end]

    def _more(self, data: bytes, count: int) -> bytes:
        parts, size = [data], len(data)
        while size < count:
            part = self._some(FEW if count - size < FEW else MANY)
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    def _some(self, most: int) -> bytes:
        try:
            part = self.sock.recv(most)
        except OSError as error:
            raise Gone(str(error)) from error
        if not part:
            raise Gone("the connection was closed")
        return part

    def close(self) -> None:
        """Close the connection."""
        self.sock.close()
