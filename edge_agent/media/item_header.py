"""What a picture for an instance claims to be: more formats than people are searched with.

PNG, JPEG, BMP and WebP as in `picture_header`; GIF, TIFF and PPM beside them. And whether it says
that it has to be turned before it is looked at (Exif 2.3, tag 0x0112).
"""

import re
from collections.abc import Iterator

from edge_agent.domain.errors import Refused
from edge_agent.media.picture_header import PictureHeader, read_header

_WIDTH, _HEIGHT, _ORIENTATION = 0x100, 0x101, 0x112  # TIFF 6.0, section 8
_SHORT, _LONG = 3, 4
_UPRIGHT = 1
_ENTRY = 12
_TAGS = 500
_TIFF = {b"II*\x00": "little", b"MM\x00*": "big"}
_EXIF = b"Exif\x00\x00"
_SEGMENTS = 200
_PPM = re.compile(
    rb"P[36](?:\s+|#[^\n]{0,200}\n)+([0-9]{1,7})(?:\s+|#[^\n]{0,200}\n)+([0-9]{1,7})\s"
)


def read_item_header(data: bytes) -> PictureHeader:
    """Tell format and size.

    Raises:
        Refused: it is no picture of a format that is taken, or its header is broken.
    """
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 10:  # noqa: PLR2004 - the screen's end
        size = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
        return PictureHeader("gif", *size)
    if data[:4] in _TIFF:
        tags = dict(_tags(data))
        if tags.get(_WIDTH) and tags.get(_HEIGHT):
            return PictureHeader("tiff", tags[_WIDTH], tags[_HEIGHT])
        raise Refused("the tiff picture has no size", field="picture")
    if data[:2] in (b"P6", b"P3"):
        match = _PPM.match(data)
        if match is None:
            raise Refused("the ppm picture has no size", field="picture")
        return PictureHeader("ppm", int(match[1]), int(match[2]))
    return read_header(data)


def is_turned(data: bytes, header: PictureHeader) -> bool:
    """Whether a picture says that it does not stand upright as it is."""
    if header.format == "tiff":
        return dict(_tags(data)).get(_ORIENTATION, _UPRIGHT) != _UPRIGHT
    at = {"jpeg": _jpeg_exif, "png": _png_exif, "webp": _webp_exif}.get(header.format, _nowhere)(
        data
    )
    return at is not None and dict(_tags(data[at:])).get(_ORIENTATION, _UPRIGHT) != _UPRIGHT


def _tags(data: bytes) -> Iterator[tuple[int, int]]:
    """Tags of the first directory that hold one whole number; what reaches past the end is not."""
    order = _TIFF.get(data[:4])
    if order is None:
        return

    def number(at: int, length: int) -> int:
        return int.from_bytes(data[at : at + length], "big" if order == "big" else "little")

    start = number(4, 4)
    for at in range(start + 2, start + 2 + _ENTRY * min(number(start, 2), _TAGS), _ENTRY):
        if at + _ENTRY > len(data):
            return
        kind = number(at + 2, 2)
        if kind in (_SHORT, _LONG):
            yield number(at, 2), number(at + 8, 2 if kind == _SHORT else 4)


def _jpeg_exif(data: bytes) -> int | None:
    at = 2
    for _ in range(_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] == 0xDA:  # noqa: PLR2004 - T.81
            return None
        if data[at + 1] == 0xE1 and data[at + 4 : at + 10] == _EXIF:  # noqa: PLR2004 - APP1
            return at + 10
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _png_exif(data: bytes) -> int | None:
    at = data.find(b"eXIf", 33)
    return at + 4 if at > 0 else None


def _webp_exif(data: bytes) -> int | None:
    at = data.find(b"EXIF", 30)
    if at < 0:
        return None
    return at + 8 + (len(_EXIF) if data[at + 8 :].startswith(_EXIF) else 0)


def _nowhere(_: bytes) -> int | None:
    return None
