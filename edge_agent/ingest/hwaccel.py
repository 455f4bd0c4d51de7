"""Decoding by the graphics unit, where there is one that works.

A device is tried on this machine before a camera is opened with it: FFmpeg lists what it was built
for, not what is there. A stream that the device cannot decode is decoded in software all the same.
"""

import logging
from collections.abc import Iterator

import av
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available

log = logging.getLogger(__name__)

NONE, AUTO = "none", "auto"
HARDWARE, SOFTWARE = "hardware", "software"

_TRIED_WITH = "h264"
"""What every device that decodes at all can decode, and most cameras send."""


def accelerator(wanted: str) -> HWAccel | None:
    """The first device that works; None decodes in software.

    Args:
        wanted: `none`, `auto`, or the name of a device in FFmpeg's words, as `vaapi` or `cuda`.
            One that was named and does not work is warned of.
    """
    if wanted == NONE:
        return None
    reasons: list[str] = []
    for device in _candidates(wanted):
        reason = _trouble(device)
        if reason is None:
            return HWAccel(device, allow_software_fallback=True)
        reasons.append(f"{device}: {reason}")
    level = logging.INFO if wanted == AUTO else logging.WARNING
    log.log(level, "ingest.hwaccel: decoding in software; %s", "; ".join(reasons) or "no device")
    return None


def _candidates(wanted: str) -> Iterator[str]:
    yield from hwdevices_available() if wanted == AUTO else [wanted]


def _trouble(device: str) -> str | None:
    """Why a device cannot be used here, if it cannot."""
    try:
        HWAccel(device).create(Codec(_TRIED_WITH, "r"))
    except (av.FFmpegError, OSError, NotImplementedError, ValueError) as error:
        return str(error) or type(error).__name__
    return None
