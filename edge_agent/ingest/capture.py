"""Opening a camera and reading its packets, with every fault of PyAV as ours."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.hwaccel import HARDWARE, SOFTWARE, accelerator
from edge_agent.ingest.sound import Sound, demuxed
from edge_agent.ingest.source import IngestOptions, Source

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

UNSTAMPED_AT_START = 16
"""Packets without a decoding time that are held at the most: the deepest reordering that H.264 and
H.265 know. RTSP without RTP-Info has no stamp at all before its second packet."""

_SILENT = "the camera does not answer, or has stopped sending"


@contextmanager
def camera_faults(source: Source) -> Iterator[None]:
    """Turn PyAV's errors into `Unavailable`; the address stays out of the message."""
    try:
        yield
    except av.HTTPUnauthorizedError as error:
        raise Unavailable("the camera refuses user or password") from error
    except av.HTTPNotFoundError as error:
        raise Unavailable("the camera does not know the path of the address") from error
    except av.ExitError as error:
        raise Unavailable(_SILENT) from error
    except (av.FFmpegError, OSError) as error:
        reason = (error.strerror or type(error).__name__).rstrip(".")
        where = "the camera" if source.live else "the file"
        raise Unavailable(f"{where} cannot be read: {reason}") from error


def open_camera(source: Source, options: IngestOptions) -> "InputContainer":
    """Open the address within the limits.

    Raises:
        Unavailable: it cannot be, or there is no picture in it.
    """
    settings: dict[str, str] = {}
    if source.live:
        settings = {"analyzeduration": "1500000", "fflags": "+discardcorrupt"}
    if source.url.startswith("rtsp"):
        # Cameras make their own certificates; since FFmpeg 9 these are refused unless told not to.
        settings |= {
            "tls_verify": "0",
            "rtsp_transport": source.transport,
            "timeout": str(round(options.read_s * 1e6)),
            "allowed_media_types": "video+audio" if source.audio else "video",
        }
    started = time.monotonic()
    try:
        with camera_faults(source):
            container = av.open(
                source.url.removeprefix("file://"),
                "r",
                options=settings,
                timeout=(options.open_s, options.read_s),
                hwaccel=accelerator(options.hwaccel),
            )
    except Unavailable as error:
        if source.live and time.monotonic() - started >= options.open_s:
            # FFmpeg's RTSP calls the interrupted handshake "invalid data".
            raise Unavailable(_SILENT) from error
        raise
    if not container.streams.video:
        container.close()
        raise Unavailable("there is no picture in what the address gives")
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    if source.key_frames_only:
        stream.codec_context.skip_frame = "NONKEY"
    return container


def read_packets(
    container: "InputContainer",
    stream: "VideoStream",
    source: Source,
    sound: Sound | None = None,
) -> "Iterator[av.Packet[VideoStream]]":
    """Every packet of the picture with both stamps, at the camera's or the file's pace.

    Raises:
        Unavailable: the camera went away.
    """
    with camera_faults(source):
        if source.live:
            yield from stamped(demuxed(container, stream, sound), _usual(stream))
            raise Unavailable("the camera ended the stream")
        else:
            yield from _paced(_looped(container, stream, sound, loop=source.loop), stream)


def stamped(
    packets: "Iterator[av.Packet[VideoStream]]", usual: int
) -> "Iterator[av.Packet[VideoStream]]":
    """Give every packet both stamps.

    Packets before the first decoding time are held until there is one, and get theirs backwards
    from it; later ones without follow their predecessor. `usual` is the ticks from one to the
    next.
    """
    held: list[av.Packet[VideoStream]] = []
    last: int | None = None
    for packet in packets:
        if not packet.size:
            continue
        if packet.dts is None and last is None and len(held) < UNSTAMPED_AT_START:
            held.append(packet)
            continue
        if packet.dts is None:
            packet.dts = _guess(packet.pts, last, len(held) * usual, usual)
        for back, early in enumerate(reversed(held), start=1):
            early.dts = packet.dts - back * usual
        for ready in (*held, packet):
            ready.pts = ready.dts if ready.pts is None else ready.pts
            yield ready
        held.clear()
        last = packet.dts
    yield from _unstamped(held, usual)


def _guess(pts: int | None, last: int | None, start: int, usual: int) -> int:
    if last is None:
        return start if pts is None else pts
    return pts if pts is not None and pts > last else last + usual


def _unstamped(
    held: "list[av.Packet[VideoStream]]", usual: int
) -> "Iterator[av.Packet[VideoStream]]":
    """What is left of a stream that ended before its first decoding time."""
    for number, packet in enumerate(held):
        packet.dts = number * usual
        packet.pts = packet.dts if packet.pts is None else packet.pts
        yield packet


def _usual(stream: "VideoStream") -> int:
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    return max(1, round(1 / (rate * time_base(stream))))


def decoder_of(stream: "VideoStream") -> str:
    """What decodes a stream that has been opened: `hardware` or `software`."""
    return HARDWARE if stream.codec_context.is_hwaccel else SOFTWARE


def time_base(stream: "VideoStream") -> Fraction:
    """Seconds per tick of the stream's stamps."""
    return stream.time_base or Fraction(1, 90_000)


def _looped(
    container: "InputContainer", stream: "VideoStream", sound: Sound | None, *, loop: bool
) -> "Iterator[av.Packet[VideoStream]]":
    shift, usual = 0, _usual(stream)
    while True:
        first, end = None, 0
        for packet in stamped(demuxed(container, stream, sound), usual):
            if packet.pts is None or packet.dts is None:
                continue  # `stamped` leaves none; said for the type checker
            first = packet.pts if first is None else min(first, packet.pts)
            end = max(end, packet.pts + (packet.duration or usual))
            packet.pts += shift
            packet.dts += shift
            yield packet
        if not loop or first is None:
            return
        shift += end - first
        if sound is not None:
            sound.shift = float(shift * time_base(stream))
        container.seek(0, backward=True)


def _paced(
    packets: "Iterator[av.Packet[VideoStream]]", stream: "VideoStream"
) -> "Iterator[av.Packet[VideoStream]]":
    started: float | None = None
    tick = float(time_base(stream))
    for packet in packets:
        due = (packet.dts or 0) * tick
        if started is None:
            started = time.monotonic() - due
        time.sleep(max(0.0, started + due - time.monotonic()))
        yield packet
