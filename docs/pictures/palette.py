"""Writes a screenshot again with few colours: a page of text needs no more, and half the bytes."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 128
_Pixel = tuple[int, ...]


def reduced(png: bytes) -> bytes:
    """Return an 8-bit RGB or RGBA PNG that is not interlaced with at most 128 opaque colours.

    The most frequent colours stay; each other one becomes the nearest of them.
    https://www.w3.org/TR/png-3/
    """
    chunks = list(_chunks(png))
    width, height, depth, kind, *_, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in (2, 6) or interlaced:
        raise ValueError("The screenshot is of a kind that is not read here.")
    packed = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    rows = _rows(packed, width, 3 if kind == 2 else 4)
    pixels = [[tuple(row[i : i + 3]) for i in range(0, len(row), len(row) // width)]
              for row in rows]  # fmt: skip
    counted = Counter(pixel for row in pixels for pixel in row)
    palette = [pixel for pixel, _ in counted.most_common(_COLOURS)]
    place = {pixel: _nearest(palette, pixel) for pixel in counted}
    # Filter 0 on every row: neighbours in a palette say nothing of each other.
    body = b"".join(b"\0" + bytes(place[pixel] for pixel in row) for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return _SIGNATURE + b"".join(
        [
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", bytes(part for pixel in palette for part in pixel)),
            _chunk(b"IDAT", zlib.compress(body, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _rows(packed: bytes, width: int, size: int) -> Iterator[bytes]:
    """Undo each row's filter."""
    above = bytes(width * size)
    length = width * size + 1
    for at in range(0, len(packed), length):
        kind, row = packed[at], bytearray(packed[at + 1 : at + length])
        for i, value in enumerate(row):
            left = row[i - size] if i >= size else 0
            corner = above[i - size] if i >= size else 0
            row[i] = value + _foretold(kind, left, above[i], corner) & 255
        above = bytes(row)
        yield above


def _foretold(kind: int, left: int, up: int, corner: int) -> int:
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    guess = left + up - corner
    return min((left, up, corner), key=lambda v: abs(guess - v))


def _nearest(palette: list[_Pixel], pixel: _Pixel) -> int:
    distances = (sum((a - b) ** 2 for a, b in zip(one, pixel, strict=True)) for one in palette)
    return min(enumerate(distances), key=lambda found: found[1])[0]
