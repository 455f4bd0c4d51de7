"""The sound of a clip: the camera's packets, on the clip's time."""

from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import av

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer


class Heard(Protocol):
    """A packet of sound."""

    @property
    def data(self) -> bytes:
        """As it came."""

    @property
    def pts(self) -> int:
        """In ticks of the sound's own time base."""


class SoundTrack:
    """One track of sound being written, without holes smaller than half a packet.

    Args:
        container: the clip; its head has not been written.
        template: the camera's stream.
    """

    def __init__(self, container: "OutputContainer", template: "AudioStream") -> None:
        self._container = container
        self._stream = container.add_stream_from_template(template)
        self._base = template.time_base or Fraction(1, 90_000)
        samples = Fraction(template.codec_context.frame_size or 1024, template.rate or 48_000)
        self._usual = max(1, round(samples / self._base))
        self._next = 0

    def write(self, packet: Heard, zero: Fraction) -> None:
        """Write a packet where it belongs; what was before the clip is left out.

        Args:
            packet: of the sound.
            zero: second of the camera's clock at which the clip began, as its pictures say now;
                a leap of that clock moves it.
        """
        at = packet.pts - round(zero / self._base)
        if at < self._next - self._usual / 2 or at < 0:
            return
        if at - self._next <= self._usual / 2:
            at = self._next  # stamps jitter, samples do not
        out = av.Packet(packet.data)
        out.stream = self._stream
        out.time_base = self._base
        out.pts = out.dts = at
        out.duration = self._usual
        out.is_keyframe = True
        self._container.mux(out)
        self._next = at + self._usual
