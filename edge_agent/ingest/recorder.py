"""Packets into clips, as they come from the camera; nothing is encoded again.

The reading thread hands in every packet, the control thread starts and ends clips; one lock lies
between them and is never held while a finished file is hashed and synced. Kept from before a
clip was asked for: whole groups of pictures, so that a clip always starts with a key frame. Time
in a clip runs from 0 without holes: where the camera's stamps leap or are missing, a packet
follows its predecessor after the usual time.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Self

import av

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.clip import ClosedClip, label, make_durable, part_of
from edge_agent.ingest.sound_track import SoundTrack
from edge_agent.ingest.source import PrerollOptions

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream

log = logging.getLogger(__name__)

LONGEST_STEP_S = 10
"""A larger step between two packets is a leap of the camera's clock, not a slow camera."""

REORDERED = 4
"""Packets after a picture's own without which a decoder may keep it back."""

_MP4 = {
    # playable up to the last key frame, or second, that was written, whatever happens; an
    # ordinary mp4 once closed
    "movflags": "+frag_keyframe+empty_moov+default_base_moof+hybrid_fragmented",
    "frag_duration": "1000000",
    "flush_packets": "1",  # a finished fragment goes to the kernel, not into a buffer of ours
}

_WITH_SOUND = {"max_interleave_delta": "1000000"}
"""Microseconds that pictures wait for sound which does not come."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """One packet of the camera, copied out of FFmpeg's hands.

    Attributes:
        data: as it came.
        pts: presentation time in ticks of the camera's time base.
        dts: decoding time, the same.
        wall_ms: presentation time as wall time.
        key: a decoder can start here.
        sound: it belongs to the sound, whose ticks its times are in.
    """

    data: bytes
    pts: int
    dts: int
    wall_ms: int
    key: bool
    sound: bool = False

    @classmethod
    def heard(cls, data: bytes, pts: int) -> Self:
        """A packet of the sound; where it belongs is reckoned from the pictures around it."""
        return cls(data, pts, pts, 0, key=False, sound=True)


class Preroll:
    """The latest packets in whole groups of pictures, bounded in bytes and time."""

    def __init__(self, options: PrerollOptions) -> None:
        self._options = options
        self._groups: deque[list[Encoded]] = deque()
        self._bytes = 0

    def add(self, packet: Encoded) -> None:
        """Keep a packet, and let go of what is too old or too much."""
        if packet.key:
            self._groups.append([])
        elif not self._groups:
            return  # nothing can be decoded before the first key frame
        self._groups[-1].append(packet)
        self._bytes += len(packet.data)
        enough_since = packet.wall_ms - self._options.seconds * 1000
        while len(self._groups) > 1 and self._groups[1][0].wall_ms <= enough_since:
            self._forget_oldest()  # never for sound, which knows no time of the wall
        while self._groups and self._bytes > self._options.max_bytes:
            self._forget_oldest()

    def clear(self) -> None:
        """Forget everything."""
        self._groups.clear()
        self._bytes = 0

    def packets(self) -> list[Encoded]:
        """What is kept, oldest first; starts with a key frame or is empty."""
        return [packet for group in self._groups for packet in group]

    def _forget_oldest(self) -> None:
        self._bytes -= sum(len(packet.data) for packet in self._groups.popleft())


class _OpenClip:
    """One mp4 being written."""

    def __init__(
        self,
        fragment_id: str,
        path: Path,
        template: "VideoStream",
        sound: "AudioStream | None",
        before: list[Encoded],
    ) -> None:
        self.fragment_id = fragment_id
        self.path = path
        self.codec = template.codec_context.name
        self._time_base = template.time_base or Fraction(1, 90_000)
        self._tick_ms = float(self._time_base * 1000)
        self._longest_step = round(LONGEST_STEP_S / self._time_base)
        self._usual = _usual_step(template)
        # the latest packet knows its time best: those of the burst after a connection seem late
        before = [packet for packet in before if not packet.sound]
        first, last = before[0], before[-1]
        self._lead = max(0, first.pts - first.dts)  # B-frames: decoded so long before it is shown
        ticks = sum(self._step(one.dts, two.dts) for one, two in pairwise(before))
        ticks += max(0, last.pts - last.dts) - self._lead
        self.start_ms = last.wall_ms - round(ticks * self._time_base * 1000)
        self.end_ms = self.start_ms
        self._tick = 0
        self._last_dts: int | None = None
        self.written = 0
        options = _MP4 if sound is None else _MP4 | _WITH_SOUND
        self._container = av.open(part_of(path), "w", format="mp4", options=options)
        self._container.metadata["comment"] = label(fragment_id, self.start_ms)
        self._stream = self._container.add_stream_from_template(template, opaque=True)
        self._sound = None if sound is None else SoundTrack(self._container, sound)

    def describe(self, parameters: bytes, size: tuple[int, int] | None) -> None:
        """Write into the head what is so now, not what was when the camera was opened."""
        if parameters:
            self._stream.codec_context.extradata = parameters
        if size is not None:
            self._stream.codec_context.width, self._stream.codec_context.height = size

    def write(self, packet: Encoded) -> None:
        self.written += len(packet.data)
        if not packet.sound:
            self._write(packet)
        elif self._sound is not None and self._last_dts is not None:
            self._sound.write(packet, (self._last_dts - self._tick) * self._time_base)

    def _write(self, packet: Encoded) -> None:
        if self._last_dts is not None:
            self._tick += self._step(self._last_dts, packet.dts)
        self._last_dts = packet.dts
        out = av.Packet(packet.data)
        out.stream = self._stream
        out.time_base = self._time_base
        out.dts = self._tick
        out.pts = shown = self._tick + max(0, packet.pts - packet.dts)
        out.duration = self._usual
        out.is_keyframe = packet.key
        self._container.mux(out)  # after this its stamps are in the file's time base
        shown_ms = round((shown - self._lead + self._usual) * self._tick_ms)
        self.end_ms = max(self.end_ms, self.start_ms + shown_ms)

    def _step(self, before: int, now: int) -> int:
        step = now - before
        return step if 0 < step < self._longest_step else self._usual

    def finish(self) -> ClosedClip:
        self._container.close()
        size, sha256 = make_durable(self.path)
        return ClosedClip(
            fragment_id=self.fragment_id,
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            size=size,
            codec=self.codec,
            sha256=sha256,
        )

    def abandon(self) -> None:
        try:
            self._container.close()
        except (av.FFmpegError, OSError) as error:
            log.debug("%s: closing after a failed write: %s", self.path.name, error)


def _usual_step(stream: "VideoStream") -> int:
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    return max(1, round(1 / (rate * (stream.time_base or Fraction(1, 90_000)))))


class Recorder:
    """Keeps the pre-roll and writes at most one clip at a time.

    Every method may be called from any thread.
    """

    def __init__(self, options: PrerollOptions) -> None:
        self._lock = threading.Lock()
        self._preroll = Preroll(options)
        self._template: VideoStream | None = None
        self._sound: AudioStream | None = None
        self._clip: _OpenClip | None = None
        self._parameters = b""
        self._size: tuple[int, int] | None = None

    def opened(self, template: "VideoStream", sound: "AudioStream | None" = None) -> None:
        """Take the streams whose packets will come; they must stay open until `closed`."""
        with self._lock:
            self._template, self._sound = template, sound

    def take(self, packet: Encoded) -> None:
        """Keep a packet, and write it if a clip is open.

        Raises:
            ClipLostError: it could not be written; no clip is open any more.
        """
        with self._lock:
            self._preroll.add(packet)
            if self._clip is not None:
                self._write([packet])

    def changed(self, parameters: bytes) -> None:
        """From the next packet on the camera encodes differently; end the open clip first.

        Args:
            parameters: the parameter sets in Annex B form.
        """
        with self._lock:
            self._preroll.clear()
            self._parameters = parameters

    def written(self) -> int:
        """Bytes of packets in the open clip; 0 where none is open."""
        with self._lock:
            return 0 if self._clip is None else self._clip.written

    def resized(self, width: int, height: int) -> None:
        """The pictures are so large from now on, in pixels."""
        with self._lock:
            self._size = (width, height)

    def around(self, at_ms: int) -> list[Encoded]:
        """What is needed to decode the picture of a wall time, its key frame first; or nothing."""
        with self._lock:
            packets = [packet for packet in self._preroll.packets() if not packet.sound]
        keys = [row for row, one in enumerate(packets) if one.key and one.wall_ms <= at_ms]
        if not keys:
            return []
        after = [row for row, one in enumerate(packets) if one.wall_ms > at_ms]
        # a few more than one, because decoders hold pictures back that are shown later
        return packets[keys[-1] : after[REORDERED] if len(after) > REORDERED else None]

    def start(self, fragment_id: str, path: Path) -> int:
        """Open a clip with what is in the pre-roll.

        Returns:
            Wall time of its first picture, in milliseconds.

        Raises:
            Unavailable: a clip is open already, or there is no picture to start with yet.
            ClipLostError: the disk refuses.
        """
        with self._lock:
            before = self._preroll.packets()
            if self._template is None or not before:
                raise Unavailable("the camera has not sent a key frame yet; try again")
            if self._clip is not None:
                raise Unavailable(f"clip {self._clip.fragment_id} is still being recorded")
            try:
                clip = _OpenClip(fragment_id, path, self._template, self._sound, before)
                clip.describe(self._parameters, self._size)
            except (av.FFmpegError, OSError) as error:
                raise ClipLostError(fragment_id, str(error)) from error
            self._clip = clip
            self._write(before)
            return clip.start_ms

    def stop(self) -> ClosedClip | None:
        """End the open clip and make it durable.

        Returns:
            The clip, or None where none is open.

        Raises:
            ClipLostError: the disk refuses; what is there may be had by `recover_part`.
        """
        with self._lock:
            clip, self._clip = self._clip, None
        if clip is None:
            return None
        try:
            return clip.finish()
        except (av.FFmpegError, OSError) as error:
            clip.abandon()
            raise ClipLostError(clip.fragment_id, str(error)) from error

    def closed(self) -> None:
        """The stream has gone; nothing more comes from it."""
        with self._lock:
            self._template = self._sound = None
            self._preroll.clear()

    def _write(self, packets: list[Encoded]) -> None:
        clip = self._clip
        if clip is None:
            return
        try:
            for packet in packets:
                clip.write(packet)
        except (av.FFmpegError, OSError) as error:
            self._clip = None
            clip.abandon()
            raise ClipLostError(clip.fragment_id, str(error)) from error


class ClipLostError(Unavailable):
    """A clip could not be written.

    Attributes:
        fragment_id: which.
    """

    def __init__(self, fragment_id: str, reason: str) -> None:
        super().__init__(f"clip {fragment_id} could not be written: {reason}")
        self.fragment_id = fragment_id
