"""The main stream of a camera whose substream is looked at.

Its packets are recorded and kept for a while; of its pictures only those are decoded that somebody
wants to keep a crop of. Both streams' times are reckoned from their own stamps and the least late
arrival (`SourceClock`), so that they agree as well as the camera sends them out together. While
it is away it is tried again and again; nothing but close-ups and clips is missing, which is told.
"""

import logging
import queue
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.capture import open_camera, read_packets, time_base
from edge_agent.ingest.desk import CloseUp
from edge_agent.ingest.fault import Fault
from edge_agent.ingest.filing import Filing
from edge_agent.ingest.hwaccel import NONE
from edge_agent.ingest.recorder import Encoded, Recorder
from edge_agent.ingest.source import IngestOptions, Source
from edge_agent.ingest.source_clock import SourceClock
from edge_agent.runtime.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.video.stream import VideoStream

log = logging.getLogger(__name__)

SAME_SHAPE = 0.02
"""Two pictures are of one shape if their proportions differ by no more than this."""

ARRIVES_S = 0.5
"""So long is waited for the picture itself, where the substream's came before it."""

FARTHEST_MS = 200
"""A picture farther from the time that is wanted shows people elsewhere."""

FAULT = "main_stream"
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
"""Between two attempts at a main stream that is away; the pause doubles in between."""


class OtherShapeError(Unavailable):
    """Main stream and substream show pictures of different proportions."""


class MainStream:
    """The way to the main stream: `read` on a thread of its own, `answer` on another."""

    def __init__(
        self,
        source: Source,
        options: IngestOptions,
        *,
        clock: Clock,
        filing: Filing,
        recorder: Recorder,
        tell: "Callable[[Fault], None]",
    ) -> None:
        self._source = source
        self._options = replace(options, hwaccel=NONE)  # next to nothing of it is decoded
        self._clock = clock
        self._filing = filing
        self._recorder = recorder
        self._tell = tell
        self._gone: tuple[float, int] | None = None  # monotonic s and wall ms; None while there
        self._came = False
        self._told = False
        self._arrived = threading.Condition()
        self._latest_ms: int | None = None  # None while it is away
        self._wanted: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._codec = ""
        self._extradata: bytes | None = None
        self._size = (0, 0)
        self._looked_at = (0, 0)

    def read(self) -> None:
        """File its packets for ever, opening it again whenever it has gone.

        Raises:
            OtherShapeError: it shows pictures of other proportions than the substream.
        """
        pause_s = FIRST_PAUSE_S
        while True:
            opened, reason = self._clock.monotonic(), "the camera ended it"
            try:
                self._read()
            except OtherShapeError:
                raise
            except Unavailable as error:
                log.warning("camera %s: main stream: %s", self._source.id, error)
                reason = str(error)
            self._is_away(opened, reason)
            if self._clock.monotonic() - opened > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _is_away(self, tried: float, reason: str) -> None:
        """Tell it after every try that fails once it has lasted: the daemon may have missed one.

        Args:
            tried: monotonic time at which the last try began.
            reason: for which it failed.
        """
        now = self._clock.monotonic()
        if self._gone is None:
            self._gone = (now if self._came else tried, self._clock.now_ms())
        self._came = False
        since, since_ms = self._gone
        if now - since >= self._options.away_s:
            self._told = True
            self._tell(Fault(FAULT, present=True, since_ms=since_ms, detail=reason))

    def _is_back(self) -> None:
        self._came = True
        gone, self._gone = self._gone, None
        if self._told and gone is not None:
            self._told = False
            self._tell(Fault(FAULT, present=False, since_ms=gone[1]))

    def _read(self) -> None:
        container = open_camera(self._source, self._options)
        try:
            stream = container.streams.video[0]
            self._describe(stream)
            sound = self._filing.opened(container, self._source)
            times, scale = SourceClock(self._options.jump_ms), time_base(stream) * 1000
            for packet in read_packets(container, stream, self._source, sound):
                pts, dts = packet.pts or 0, packet.dts or 0  # every packet has both by now
                now = int(self._clock.monotonic() * 1000)
                times.arrived(int(dts * scale), now, self._clock.now_ms())
                wall_ms = times.at(int(pts * scale))
                self._filing.take(packet, wall_ms)
                self._has_come(wall_ms)
        finally:
            self._has_come(None)
            self._filing.end()
            container.close()

    def _has_come(self, wall_ms: int | None) -> None:
        with self._arrived:
            self._latest_ms = wall_ms
            self._arrived.notify_all()
        if wall_ms is not None:
            self._is_back()

    def check_shape(self, width: int, height: int) -> None:
        """Hold the substream's size, in pixels, against the main stream's, where that is known.

        Raises:
            OtherShapeError: the main stream shows pictures of another shape.
        """
        self._looked_at = (width, height)
        self._compare(self._size)

    def _compare(self, size: tuple[int, int]) -> None:
        (across, down), (width, height) = size, self._looked_at
        if not _same_shape(size, self._looked_at):
            raise OtherShapeError(
                f"url shows {across} x {down} and detect_url {width} x {height}: not one shape;"
                " choose a substream with the main stream's proportions in the camera's settings"
            )

    def want(self, at_ms: int) -> None:
        """Somebody wants the picture of this wall time."""
        self._wanted.put(at_ms)

    def answer(self, tell: "Callable[[int, CloseUp | None], None]") -> None:
        """Decode for ever what is wanted.

        Args:
            tell: is given the time that was asked for, and the picture nearest to it; None where
                there is none.
        """
        while True:
            at_ms = self._wanted.get()
            while not self._wanted.empty():
                at_ms = self._wanted.get()  # nobody waits for the earlier ones any more
            try:
                tell(at_ms, self._nearest(at_ms))
            except av.FFmpegError as error:
                log.warning("a picture of the main stream cannot be decoded: %s", error)
                tell(at_ms, None)

    def _describe(self, stream: "VideoStream") -> None:
        codec = stream.codec_context
        self._codec, self._extradata = codec.name, codec.extradata
        self._size = (codec.width, codec.height)
        self._compare(self._size)

    def _nearest(self, at_ms: int) -> CloseUp | None:
        if not self._there(at_ms):
            return None
        packets = self._recorder.around(at_ms)
        if not packets:
            return None
        decoder = av.CodecContext.create(self._codec, "r")
        decoder.extradata = self._extradata
        decoder.thread_count = 1  # it is not to take cores from those who look
        shown_at = {packet.pts: packet.wall_ms for packet in packets}
        best: CloseUp | None = None
        for count, picture in enumerate(_pictures(decoder, packets), start=1):
            wall_ms = shown_at.get(picture.pts or 0)
            if wall_ms is None:
                continue
            if best is not None and abs(best.wall_ms - at_ms) <= abs(wall_ms - at_ms):
                best = replace(best, decoded=count)
                break
            best = CloseUp(picture, wall_ms, count)
        return best if best is not None and self._fits(best, at_ms) else None

    def _there(self, at_ms: int) -> bool:
        """Wait for what comes at that time; False while the main stream is away."""
        with self._arrived:
            self._arrived.wait_for(
                lambda: self._latest_ms is None or self._latest_ms >= at_ms, ARRIVES_S
            )
            return self._latest_ms is not None

    def _fits(self, found: CloseUp, at_ms: int) -> bool:
        size = (found.picture.width, found.picture.height)
        return abs(found.wall_ms - at_ms) <= FARTHEST_MS and _same_shape(size, self._looked_at)


def _same_shape(one: tuple[int, int], two: tuple[int, int]) -> bool:
    """Whether two sizes have the same proportions; a size that is not known yet has any."""
    if not (all(one) and all(two)):
        return True
    (across, down), (width, height) = one, two
    return abs(width * down - height * across) <= SAME_SHAPE * height * across


def _pictures(decoder: Any, packets: list[Encoded]) -> "Iterator[av.VideoFrame]":
    for kept in packets:
        packet = av.Packet(kept.data)
        packet.pts, packet.dts = kept.pts, kept.dts
        yield from decoder.decode(packet)
    yield from decoder.decode(None)
