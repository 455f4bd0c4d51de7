"""What a picture claims to be, read from its first bytes and nothing else.

A few kilobytes can claim, and become, gigabytes of pixels. So the size is taken from the header
and judged before any decoder sees the file.
"""

from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.domain.errors import Refused

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ITU-T T.81, table B.1: SOFn
_JPEG_BARE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_MARKERS = 2000
"""Looked at before the first frame; a colour profile or preview of a megabyte takes 16."""
_PNG_CHUNKS = 20_000
"""Most encoders write chunks of 8 KiB or more: enough for the largest picture that is taken."""
_BMP_CORE_HEADER = 12


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """Format (`jpeg`, `png`, `webp`, `bmp`) and size in pixels, before any rotation."""

    format: str
    width: int
    height: int


def read_header(data: bytes) -> PictureHeader:
    """Tell format and size, and refuse what would hurt a decoder.

    Raises:
        Refused: it is no picture of a format we take, or its header is broken.
    """
    for magic, name, read in _FORMATS:
        if data.startswith(magic):
            try:
                width, height = read(data)
            except IndexError:
                raise Refused(f"the {name} picture is broken off", field="picture") from None
            if width < 1 or height < 1:
                raise Refused(f"the {name} picture has no size", field="picture")
            return PictureHeader(name, width, height)
    raise Refused("not a picture: JPEG, PNG, WebP and BMP are taken", field="picture")


def _number(data: bytes, at: int, length: int, order: str = "little") -> int:
    piece = data[at : at + length]
    if len(piece) < length:
        raise IndexError(at)
    return int.from_bytes(piece, "big" if order == "big" else "little")


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(_JPEG_MARKERS):
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker starts so
            raise Refused("the jpeg picture is damaged", field="picture")
        kind = data[at + 1]
        if kind == 0xFF:  # noqa: PLR2004 - a fill byte
            at += 1
        elif kind in _JPEG_BARE:
            at += 2
        elif kind in _JPEG_FRAMES:
            return _number(data, at + 7, 2, "big"), _number(data, at + 5, 2, "big")
        elif kind in (_JPEG_SCAN, _JPEG_END):
            raise Refused("the jpeg picture has no frame", field="picture")
        else:
            at += 2 + _number(data, at + 2, 2, "big")
    raise Refused("the jpeg picture has no frame", field="picture")


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise Refused("the png picture has no header", field="picture")
    _walk_png(data)
    return _number(data, 16, 4, "big"), _number(data, 20, 4, "big")


def _walk_png(data: bytes) -> None:
    """Refuse chunks that reach past the end of the file, and a file without pixels.

    OpenCV 4.14 takes, and fills, as much memory as a chunk claims to need before it looks whether
    there is so much: a file of 147 bytes costs four gigabytes and a minute. It reads on behind the
    end of a picture that has had no pixels yet, so that chunks there could claim the same.
    """
    at, pixels = 8, False
    for _ in range(_PNG_CHUNKS):
        length, kind = _number(data, at, 4, "big"), data[at + 4 : at + 8]
        at += 12 + length
        if at > len(data):
            raise IndexError(at)
        pixels |= kind == b"IDAT"
        if kind == b"IEND" and pixels:
            return
        if kind == b"IEND":
            raise Refused("the png picture has no pixels", field="picture")
    raise Refused(f"the png picture has more than {_PNG_CHUNKS} chunks", field="picture")


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[8:16]
    if kind == b"WEBPVP8X":
        return _number(data, 24, 3) + 1, _number(data, 27, 3) + 1
    if kind == b"WEBPVP8L":
        bits = _number(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"WEBPVP8 ":
        return _number(data, 26, 2) & 0x3FFF, _number(data, 28, 2) & 0x3FFF
    raise Refused("not a picture: RIFF, but not WebP", field="picture")


def _bmp(data: bytes) -> tuple[int, int]:
    if _number(data, 14, 4) == _BMP_CORE_HEADER:
        return _number(data, 18, 2), _number(data, 20, 2)
    width, height = _number(data, 18, 4), _number(data, 22, 4)
    return _signed(width), abs(_signed(height))  # a negative height stands for top-down rows


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number


_FORMATS: tuple[tuple[bytes, str, Callable[[bytes], tuple[int, int]]], ...] = (
    (b"\xff\xd8", "jpeg", _jpeg),
    (b"\x89PNG\r\n\x1a\n", "png", _png),
    (b"RIFF", "webp", _webp),
    (b"BM", "bmp", _bmp),
)
