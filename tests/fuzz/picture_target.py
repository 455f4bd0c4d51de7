"""Query pictures: whatever calls itself one is checked by its header, then decoded."""

import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np

from edge_agent.domain.errors import Refused
from edge_agent.media import PictureLimits, check_picture, decode_picture
from tests.fuzz.target import Judge, Target

LIMITS = PictureLimits(max_bytes=1 << 20, max_pixels=1_000_000)


MOST_KIB = 256 * 1024
"""More than the largest picture within the limits takes while it is decoded, several times over."""


async def judge(data: bytes) -> None:
    """A picture is refused, or has the size that its header said; neither takes much memory."""
    before = _peak_kib()
    _decode(data)
    assert _peak_kib() - before < MOST_KIB


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _decode(data: bytes) -> None:
    try:
        header = check_picture(data, LIMITS)
        image = decode_picture(data)
    except Refused:
        return
    # A picture may be turned as its EXIF says.
    assert sorted(image.shape[:2]) == sorted((header.height, header.width))
    assert image.shape[0] * image.shape[1] <= LIMITS.max_pixels


@asynccontextmanager
async def opened(_folder: Path) -> AsyncIterator[Judge]:
    """Nothing has to be opened."""
    yield judge


def seeds() -> list[bytes]:
    """A small picture of each format, coloured and grey."""
    image = np.tile(np.arange(0, 256, 4), (48, 1)).astype(np.uint8)
    coloured = np.stack([image, image[:, ::-1], image], axis=2)
    endings = (".jpg", ".png", ".bmp", ".webp", ".tiff", ".ppm", ".gif")
    return [
        cv2.imencode(ending, picture)[1].tobytes()
        for ending in endings
        for picture in (coloured, coloured[:, :, :1])
        if picture.shape[2] == 3 or ending not in {".gif", ".ppm"}
    ]


TARGET = Target("picture", opened, seeds, renew_after=1 << 30)
