"""The parameter sets of H.264 and H.265, which say how the packets that follow are encoded.

Cameras repeat them before key frames; when they differ from before, somebody has turned a knob,
and what comes does not belong into the clip that is open.
"""

import re

_START = re.compile(rb"\x00\x00\x01")
_H264 = frozenset((7, 8))  # ITU-T H.264 table 7-1: sequence, picture parameter set
_HEVC = frozenset((32, 33, 34))  # ITU-T H.265 table 7-1: video, sequence, picture parameter set
_SLICES_H264 = frozenset((1, 5))


def parameter_sets(packet: bytes, codec: str) -> bytes:
    """Take the parameter sets out of an Annex B packet.

    Args:
        packet: one access unit; one with length prefixes carries no sets and gives nothing.
        codec: as FFmpeg names it.

    Returns:
        The sets in Annex B form, or empty.
    """
    if codec not in ("h264", "hevc") or not packet.startswith((b"\0\0\1", b"\0\0\0\1")):
        return b""
    sets: list[bytes] = []
    starts = [match.end() for match in _START.finditer(packet)]
    ends = [start - 3 for start in starts[1:]] + [len(packet)]
    for start, end in zip(starts, ends, strict=True):
        head = packet[start] if start < end else 0
        kind = head & 0x1F if codec == "h264" else head >> 1 & 0x3F
        if kind in (_H264 if codec == "h264" else _HEVC):
            sets.append(b"\0\0\0\1" + packet[start:end].rstrip(b"\0"))
        elif codec == "h264" and kind in _SLICES_H264:
            break
    return b"".join(sets)
