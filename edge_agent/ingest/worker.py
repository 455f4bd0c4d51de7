"""The worker process of one camera: `python -m edge_agent.ingest.worker <control fd> <frames fd>`.

Three threads: the main one reads, decodes, gates and records; one obeys the daemon; one converts
frames for granted slots. Where a substream is looked at, one more reads and records the main
stream, and one decodes the close-ups of it that are asked for. SIGINT and SIGTERM are left to the
daemon, which ends its clips first and then hangs up; hanging up, or dying, ends the worker.
"""

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.mask import Mask
from edge_agent.ingest.capture import decoder_of, open_camera, read_packets, time_base
from edge_agent.ingest.control import ControlLine
from edge_agent.ingest.desk import Desk, Waiting
from edge_agent.ingest.fault import Fault
from edge_agent.ingest.filing import Filing
from edge_agent.ingest.gate import MotionGate, luma_cells, seen_cells
from edge_agent.ingest.health import Health
from edge_agent.ingest.main_stream import MainStream, OtherShapeError
from edge_agent.ingest.orders import Attention, obey
from edge_agent.ingest.recorder import Recorder
from edge_agent.ingest.ring import Ring
from edge_agent.ingest.source import IngestOptions, Source, from_line
from edge_agent.ingest.source_clock import SourceClock
from edge_agent.runtime.child import die_with_parent
from edge_agent.runtime.clock import Clock, SystemClock
from edge_agent.runtime.logs import set_up_logging

if TYPE_CHECKING:
    from av.container import InputContainer

log = logging.getLogger(__name__)

BEAT_EVERY_MS = 1000
BROKEN_IN_A_ROW = 100
"""So many packets without a picture, and the decoder is started afresh with the connection."""


class Worker:
    """What the main thread does, and what it counts.

    `attend` is called by the thread that obeys the daemon, everything else by the main thread.
    """

    def __init__(
        self,
        *,
        source: Source,
        options: IngestOptions,
        clock: Clock,
        control: ControlLine,
        desk: Desk,
        filing: Filing,
        main: MainStream | None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._control = control
        self._desk = desk
        self._filing = filing
        self._main = main
        self._options = options
        self._times = SourceClock(options.jump_ms)
        self._gate = MotionGate(options.gate, source.detect_fps)
        self._health = Health(options.watch)
        self._attention = Attention()
        self._mask = Mask(source.masks)
        self._seen: npt.NDArray[np.bool_] | None = None
        self._size: tuple[int, int] | None = None
        self._decoder = ""
        self._broken_in_a_row = 0
        self._beat_ms = 0
        self._counts = {"packets": 0, "bytes": 0, "broken": 0, "decoded": 0, "gated": 0}
        self._wanted = Attention()

    def attend(self, attention: Attention) -> None:
        """From now on the daemon wants to see this."""
        self._wanted = attention

    def run(self) -> None:
        """Open the camera and read until it ends.

        Raises:
            Unavailable: the camera is away.
        """
        container = open_camera(self._source, self._options)
        try:
            self._read(container)
        finally:
            self._filing.end()
            self._beat()
            container.close()

    def _read(self, container: "InputContainer") -> None:
        stream = container.streams.video[0]
        codec = stream.codec_context
        scale = float(time_base(stream) * 1000)
        sound = self._filing.opened(container, self._source) if self._main is None else None
        self._decoder = decoder_of(stream)
        for packet in read_packets(container, stream, self._source, sound):
            self._counts["packets"] += 1
            self._counts["bytes"] += packet.size
            for picture in self._decode(codec, packet):
                shown = packet.pts if picture.pts is None else picture.pts
                self._show(picture, int((shown or 0) * scale), codec.name, stream.average_rate)
            wall_ms = self._times.at(int((packet.pts or 0) * scale))
            now_ms = int(self._clock.monotonic() * 1000)
            self._tell(self._health.arrived(now_ms, wall_ms))
            if self._main is None:
                self._filing.take(packet, wall_ms)
            if now_ms - self._beat_ms >= BEAT_EVERY_MS:
                self._beat()

    def _decode(self, codec: Any, packet: Any) -> list[av.VideoFrame]:
        try:
            pictures: list[av.VideoFrame] = codec.decode(packet)
        except av.InvalidDataError as error:
            self._counts["broken"] += 1
            self._broken_in_a_row += 1
            if self._broken_in_a_row >= BROKEN_IN_A_ROW:
                raise Unavailable("what the camera sends cannot be decoded") from error
            return []
        if pictures:
            self._broken_in_a_row = 0
        return pictures

    def _show(self, picture: av.VideoFrame, source_ms: int, codec: str, rate: Any) -> None:
        self._counts["decoded"] += 1
        monotonic_ms = int(self._clock.monotonic() * 1000)
        wall_ms, jump = self._times.arrived(source_ms, monotonic_ms, self._clock.now_ms())
        if jump is not None:
            self._control.send("jump", whose=jump.whose, by_ms=jump.by_ms)
        self._tell(self._health.shown(source_ms, jump, wall_ms))
        self._notice_size(picture, codec, rate)
        if self._attention != self._wanted:
            self._attention = self._wanted
            self._gate.pace(self._attention.fps)
        if not self._gate.due(source_ms):
            self._counts["gated"] += 1
            return
        cells = luma_cells(picture)
        self._tell(self._health.look(cells, self._seen, wall_ms))
        cells = self._visible(cells)
        if self._gate.admits(cells, source_ms, attentive=self._attention.live):
            self._desk.put(Waiting(picture, source_ms, wall_ms, self._gate.motion))
        else:
            self._counts["gated"] += 1

    def _tell(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            _tell_fault(self._control, fault)

    def _visible(self, cells: Floats) -> Floats:
        """Those that no mask touches; where masks leave none, nothing ever moves."""
        if self._seen is None:
            return cells
        return cells[self._seen] if self._seen.any() else np.zeros_like(cells)

    def _notice_size(self, picture: av.VideoFrame, codec: str, rate: Any) -> None:
        size = (picture.width, picture.height)
        if size == self._size:
            return
        width, height = size
        if self._main is not None:
            self._main.check_shape(width, height)
        if self._size is None:
            fps = float(rate or 0)
            self._health.declared(fps)
            self._control.send(
                "up", width=width, height=height, codec=codec, fps=fps, decoder=self._decoder
            )
        else:
            self._control.send("size", width=width, height=height)
            if self._main is None:
                self._filing.resized(width, height)
        self._size = size
        self._seen = seen_cells(self._mask, width, height) if self._mask else None

    def _beat(self) -> None:
        self._beat_ms = int(self._clock.monotonic() * 1000)
        self._control.send("beat", **self.counts())

    def counts(self) -> dict[str, int]:
        """Everything counted so far; what is decoded last, so that no frame has two fates."""
        later = self._desk.counts()
        gated = self._counts["gated"]
        return {**later, **self._counts, "gated": gated}


def _tell_fault(control: ControlLine, fault: Fault) -> None:
    control.send(
        "picture",
        fault=fault.kind,
        present=fault.present,
        since_ms=fault.since_ms,
        detail=fault.detail,
    )


def _in_background(name: str, work: Callable[[], None]) -> None:
    """Run `work` on a thread; when it ends, for whatever reason, the process ends."""

    def run() -> None:
        with contextlib.suppress(OSError):  # the daemon has gone
            work()
        os._exit(0)

    threading.Thread(target=run, name=name, daemon=True).start()


def _give_up(what: threading.ExceptHookArgs) -> None:
    thread = what.thread.name if what.thread else "a thread"
    log.critical("%s failed", thread, exc_info=what.exc_value)
    os._exit(1)


def _read_beside(main: MainStream, desk: Desk, control: ControlLine) -> None:
    """Read the main stream and answer for it; while it is away, only close-ups and clips are."""

    def read() -> None:
        try:
            main.read()
        except OtherShapeError as error:
            with contextlib.suppress(OSError):
                control.send("ended", reason=str(error))
            os._exit(1)
        except OSError:  # the daemon has gone
            os._exit(0)

    threading.Thread(target=read, name="main stream", daemon=True).start()
    _in_background("close-ups", lambda: main.answer(desk.show_close_up))


def main() -> int:
    """Serve one camera until it or the daemon goes away; returns the exit status."""
    control_fd, frames_fd, parent = (int(word) for word in sys.argv[1:4])
    die_with_parent(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    set_up_logging("WARNING")
    threading.excepthook = _give_up
    channel = socket.socket(fileno=control_fd)
    control = ControlLine(channel)
    lines = control.lines()
    source, options = from_line(next(lines))
    ring = Ring(frames_fd, writable=True)
    desk = Desk(ring, control, options.longest_side, Mask(source.masks))
    recorder, clock = Recorder(options.preroll), SystemClock()
    filing = Filing(recorder, control, options.largest_clip)
    main = None
    if source.detect_url:
        main = MainStream(
            source,
            options,
            clock=clock,
            filing=filing,
            recorder=recorder,
            tell=partial(_tell_fault, control),
        )
    worker = Worker(
        source=source.looked_at(),
        options=options,
        clock=clock,
        control=control,
        desk=desk,
        filing=filing,
        main=main,
    )
    control.send("hello")
    want = main.want if main else None
    _in_background("obey", lambda: obey(lines, control, worker.attend, desk, recorder, want=want))
    desk.tell_with(worker.counts)
    if main is not None:
        _read_beside(main, desk, control)
    _in_background("convert", desk.run)
    try:
        worker.run()
    except Unavailable as error:
        control.send("ended", reason=str(error))
        return 1
    control.send("ended", reason="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
