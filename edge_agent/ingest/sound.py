"""Sound, where a camera's configuration asks for it: its packets go into clips, unheard.

Only AAC is taken, as it comes: it is what an mp4 holds and a browser plays. G.711, the other thing
that cameras send, would have to be encoded by us, and is left out; the camera can be set to AAC.
"""

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from edge_agent.ingest.source import Source

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

log = logging.getLogger(__name__)

CODEC = "aac"


class Sound:
    """What beside the picture is recorded.

    Attributes:
        stream: of the camera.
        shift: seconds that a file has been played before it started over.
    """

    def __init__(self, stream: "AudioStream") -> None:
        self.stream = stream
        self.shift = 0.0
        self._keep: Callable[[bytes, int], None] | None = None

    def told_to(self, keep: Callable[[bytes, int], None]) -> None:
        """Hand every packet, and its presentation time in the stream's ticks, to `keep`."""
        self._keep = keep

    def aside(self, packets: "Iterator[av.Packet[Any]]") -> "Iterator[av.Packet[VideoStream]]":
        """Take the sound out of what the camera sends; the rest passes."""
        for packet in packets:
            if packet.stream is not self.stream:
                yield cast("av.Packet[VideoStream]", packet)
            elif packet.size and packet.pts is not None and self._keep is not None:
                base = self.stream.time_base
                shift = round(self.shift / base) if base else 0
                self._keep(bytes(packet), packet.pts + shift)


def sound_of(container: "InputContainer", source: Source) -> Sound | None:
    """The sound of an open camera, where it is asked for and there is some that can be taken."""
    if not source.audio:
        return None
    for stream in container.streams.audio:
        if stream.codec_context.name == CODEC and stream.codec_context.extradata:
            return Sound(stream)
    found = ", ".join(stream.codec_context.name for stream in container.streams.audio) or "none"
    log.warning(
        "camera %s: sound is not recorded: it must be AAC, the camera sends %s; set it so there",
        source.id,
        found,
    )
    return None


def demuxed(
    container: "InputContainer", stream: "VideoStream", sound: Sound | None
) -> "Iterator[av.Packet[VideoStream]]":
    """The packets of the picture; those of the sound go their own way."""
    if sound is None:
        return container.demux(stream)
    return sound.aside(container.demux(stream, sound.stream))
