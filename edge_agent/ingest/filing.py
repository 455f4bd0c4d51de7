"""Packets of one stream on their way into clips."""

from typing import TYPE_CHECKING

from edge_agent.ingest.control import ControlLine
from edge_agent.ingest.orders import close_clip
from edge_agent.ingest.parameters import parameter_sets
from edge_agent.ingest.recorder import ClipLostError, Encoded, Recorder
from edge_agent.ingest.sound import Sound, sound_of
from edge_agent.ingest.source import Source

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream


class Filing:
    """Hands packets to the recorder and tells the daemon what became of clips.

    One thread calls it, that of the stream; `end` may be called by any.
    """

    def __init__(self, recorder: Recorder, control: ControlLine, largest_clip: int) -> None:
        self._recorder = recorder
        self._control = control
        self._largest_clip = largest_clip
        self._codec = ""
        self._parameters = b""

    def opened(self, container: "InputContainer", source: Source) -> Sound | None:
        """Take the camera whose packets will come; returns its sound, where that is recorded."""
        stream = container.streams.video[0]
        self._codec = stream.codec_context.name
        sound = sound_of(container, source)
        if sound is not None:
            sound.told_to(lambda data, pts: self._keep(Encoded.heard(data, pts)))
        self._recorder.opened(stream, None if sound is None else sound.stream)
        return sound

    def take(self, packet: "av.Packet[VideoStream]", wall_ms: int) -> None:
        """Keep a packet, which has both stamps; `wall_ms` is when it is shown."""
        data = bytes(packet)
        if packet.is_keyframe:
            self._notice_parameters(parameter_sets(data, self._codec))
        self._keep(Encoded(data, packet.pts or 0, packet.dts or 0, wall_ms, packet.is_keyframe))

    def _keep(self, kept: Encoded) -> None:
        try:
            self._recorder.take(kept)
        except ClipLostError as lost:
            self._control.send("lost", id=lost.fragment_id, reason=str(lost))
        if self._recorder.written() >= self._largest_clip:
            close_clip(self._recorder, self._control, asked=False, reason="size")

    def resized(self, width: int, height: int) -> None:
        """The pictures are so large from now on."""
        self._recorder.resized(width, height)

    def end(self) -> None:
        """The stream has gone."""
        close_clip(self._recorder, self._control, asked=False, reason="camera away")
        self._recorder.closed()

    def _notice_parameters(self, sets: bytes) -> None:
        before = self._parameters
        if not sets or sets == before:
            return
        self._parameters = sets
        if before:
            close_clip(self._recorder, self._control, asked=False, reason="parameters")
            self._recorder.changed(sets)
