"""Clip files: what is known of a finished one, and what a killed worker left of one.

A clip is written to `<name>.part` as a fragmented mp4: each fragment is a pair of boxes, `moof`
and `mdat`, that plays once it is whole. Closing rewrites the head into that of an ordinary mp4
and then makes it durable: file fsync, rename, directory fsync.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av

_LABEL = "edge-agent"
_BOX_HEAD = 8
_WHOLE_TO_END, _LONG_SIZE = 0, 1
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedClip:
    """A clip that is whole and durable.

    Attributes:
        fragment_id: its id.
        start_ms: wall time of its first picture.
        end_ms: wall time of the end of its last picture.
        size: bytes.
        codec: of the picture, as FFmpeg names it.
        sha256: of the whole file, hexadecimal.
    """

    fragment_id: str
    start_ms: int
    end_ms: int
    size: int
    codec: str
    sha256: str


def part_of(path: Path) -> Path:
    """Where a clip is written until it is closed."""
    return path.with_name(path.name + ".part")


def label(fragment_id: str, start_ms: int) -> str:
    """What is written into the file, so that a leftover can be told from the others."""
    return f"{_LABEL} {fragment_id} {start_ms}"


def make_durable(path: Path) -> tuple[int, str]:
    """Put the finished `.part` of `path` in its place, surviving a power cut.

    Returns:
        Size in bytes and sha256.

    Raises:
        OSError: the disk refuses.
    """
    part = part_of(path)
    digest = hashlib.sha256()
    with part.open("rb+") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
        size = file.tell()
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size, digest.hexdigest()


def recover_part(path: Path) -> ClosedClip | None:
    """Keep what a killed worker, or a power cut, left of a clip.

    The file is cut after its last whole fragment, checked by decoding a picture, and put in its
    place. Blocks; call it on a thread.

    Args:
        path: where the clip would have been.

    Returns:
        The clip, or None where nothing of it plays; then its `.part` stays as it is.

    Raises:
        OSError: the disk refuses.
    """
    part = part_of(path)
    if not part.is_file():
        return None
    with part.open("rb+") as file:
        end = _last_whole_fragment(_boxes(file.fileno(), part.stat().st_size))
        if end == 0:
            return None
        file.truncate(end)
    seen = _look(part)
    if seen is None:
        return None
    fragment_id, start_ms, length_ms, codec = seen
    size, sha256 = make_durable(path)
    return ClosedClip(
        fragment_id=fragment_id,
        start_ms=start_ms,
        end_ms=start_ms + length_ms,
        size=size,
        codec=codec,
        sha256=sha256,
    )


def _boxes(file: int, length: int) -> Iterator[tuple[bytes, int]]:
    """Type and end of each whole top-level box (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + _BOX_HEAD <= length:
        head = os.pread(file, 16, at)
        size, kind = int.from_bytes(head[:4]), head[4:8]
        if size == _LONG_SIZE:
            size = int.from_bytes(head[8:16])
        elif size == _WHOLE_TO_END:
            size = length - at
        at += size
        if size < _BOX_HEAD or at > length:
            return
        yield kind, at


def _last_whole_fragment(boxes: Iterator[tuple[bytes, int]]) -> int:
    end = 0
    for kind, until in boxes:
        if kind == b"mdat":
            end = until
    return end


def _look(part: Path) -> tuple[str, int, int, str] | None:
    try:
        with av.open(part, format="mp4") as container:
            stream = container.streams.video[0]
            words = container.metadata.get("comment", "").split()
            known = len(words) == 3 and words[0] == _LABEL  # noqa: PLR2004 - as `label` writes
            if next(container.decode(stream), None) is None:
                return None
            container.seek(0)
            last = max(
                (
                    packet.pts + (packet.duration or 0)
                    for packet in container.demux(stream)
                    if packet.pts is not None and packet.size
                ),
                default=0,
            )
            length_ms = round(last * (stream.time_base or 0) * 1000)
            codec = stream.codec_context.name
    except (av.FFmpegError, IndexError):
        return None
    if not known:
        return part.name.split(".")[0], 0, length_ms, codec
    return words[1], int(words[2]), length_ms, codec
