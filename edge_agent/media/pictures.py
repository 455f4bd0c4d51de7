"""Pictures in and out of their encoded forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.errors import Refused, TooLarge
from edge_agent.media.picture_header import PictureHeader, read_header


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What is decoded at all.

    Attributes:
        max_bytes: of the encoded picture.
        max_pixels: width times height.
        max_side: pixels along one side.
        min_side: pixels along one side; nobody can be recognised in less.
        max_scans: of a progressive JPEG; each costs as much as decoding all of it.
    """

    max_bytes: int = 50_000_000
    max_pixels: int = 50_000_000
    max_side: int = 16_384
    min_side: int = 16
    max_scans: int = 100


def check_picture(data: bytes, limits: PictureLimits) -> PictureHeader:
    """Judge an encoded picture by its header; costs microseconds.

    Raises:
        TooLarge: more bytes or pixels than allowed.
        Refused: no picture of a format we take, or too small to show anybody.
    """
    if len(data) > limits.max_bytes:
        raise TooLarge(
            f"the picture has {len(data)} bytes, at most {limits.max_bytes} are taken",
            field="picture",
        )
    header = read_header(data)
    size = f"{header.width} x {header.height} pixels"
    if max(header.width, header.height) > limits.max_side:
        raise TooLarge(f"{size}: at most {limits.max_side} along one side", field="picture")
    if header.width * header.height > limits.max_pixels:
        raise TooLarge(f"{size}: at most {limits.max_pixels} in all", field="picture")
    if min(header.width, header.height) < limits.min_side:
        raise Refused(f"{size}: at least {limits.min_side} along each side", field="picture")
    if header.format == "jpeg" and data.count(b"\xff\xda") > limits.max_scans:
        raise TooLarge(f"more than {limits.max_scans} scans in a jpeg", field="picture")
    return header


def decode_picture(data: bytes, limits: PictureLimits | None = None) -> Image:
    """Decode a JPEG, PNG, WebP or BMP picture, upright.

    The header is judged first (`check_picture`); the orientation that cameras and phones write
    into EXIF is applied, transparency is dropped. Blocks: up to a second for the largest.

    Returns:
        (h, w, 3) uint8 BGR.

    Raises:
        TooLarge: more bytes or pixels than allowed.
        Refused: no picture of a format we take, too small, or damaged.
    """
    check_picture(data, limits or PictureLimits())
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise Refused("the picture cannot be decoded", field="picture") from error
    if picture is None:
        raise Refused("the picture is damaged", field="picture")
    return cast("Image", picture)


def encode_jpeg(image: Image, quality: int = 90) -> bytes:
    """Encode (h, w, 3) uint8 BGR as JPEG.

    Args:
        image: the picture.
        quality: 1 to 100.

    Raises:
        ValueError: the picture is empty or of another shape.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:  # noqa: PLR2004 - BGR
        raise ValueError(f"a picture must have shape (h, w, 3), got {image.shape}")
    done, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of shape {image.shape} cannot be a JPEG")
    return encoded.tobytes()


def encode_png(image: Image) -> bytes:
    """Encode (h, w, 3) uint8 BGR as PNG, which loses nothing.

    Raises:
        ValueError: the picture is empty or of another shape.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:  # noqa: PLR2004 - BGR
        raise ValueError(f"a picture must have shape (h, w, 3), got {image.shape}")
    return cv2.imencode(".png", image)[1].tobytes()


def shrunk(image: Image, longest_side: int) -> Image:
    """Make a picture smaller where its longer side has more pixels than wanted.

    Args:
        image: (h, w, 3) uint8.
        longest_side: pixels.
    """
    height, width = image.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cast("Image", cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def crop(image: Image, xyxy: Sequence[float] | Floats, margin: float = 0.0) -> Image:
    """Cut a box out of a picture.

    Args:
        image: (h, w, 3) uint8.
        xyxy: left, top, right, bottom in pixels of the picture; may reach past its edges.
        margin: added on each side, as a share of the box's width or height.

    Returns:
        A copy, so that the picture may go; at least one pixel.

    Raises:
        ValueError: the box lies outside of the picture, or is turned inside out.
    """
    left, top, right, bottom = (float(edge) for edge in xyxy)
    if right < left or bottom < top:
        raise ValueError(f"box {left, top, right, bottom} is turned inside out")
    aside, above = (right - left) * margin, (bottom - top) * margin
    height, width = image.shape[:2]
    x1, x2 = max(0, int(left - aside)), min(width, int(np.ceil(right + aside)))
    y1, y2 = max(0, int(top - above)), min(height, int(np.ceil(bottom + above)))
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"box {left, top, right, bottom} lies outside of {width} x {height}")
    return image[y1:y2, x1:x2].copy()
