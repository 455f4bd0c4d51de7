"""Where the newest frame waits for a granted slot, and the thread that converts it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from edge_agent.domain.mask import Mask
from edge_agent.ingest.control import ControlLine
from edge_agent.ingest.planes import first_plane
from edge_agent.ingest.ring import CLOSE_UP, SLOT_BYTES, Ring

BLACK = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A gated frame; `picture` is still in the decoder's format."""

    picture: av.VideoFrame
    source_ms: int
    wall_ms: int
    motion: float


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A picture of the main stream; `picture` is still in the decoder's format.

    `decoded` pictures were decoded to get it, itself among them.
    """

    picture: av.VideoFrame
    wall_ms: int
    decoded: int


def fitting_size(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """The size a frame is converted to: its own, unless too large for the limit or a slot."""
    scale = min(1.0, longest_side / max(width, height), (SLOT_BYTES / (width * height * 3)) ** 0.5)
    if scale == 1.0:
        return width, height
    return max(1, int(width * scale)), max(1, int(height * scale))


class Desk:
    """The reading thread puts frames, the control thread grants slots, one more thread converts.

    Every frame that was put is superseded, taken, or waiting.
    """

    def __init__(self, ring: Ring, control: ControlLine, longest_side: int, mask: Mask) -> None:
        self._ring = ring
        self._control = control
        self._longest_side = longest_side
        self._mask = mask
        self._changed = threading.Condition()
        self._slots: list[int] = []
        self._waiting: Waiting | None = None
        self._reformatter = VideoReformatter()
        self._superseded = 0
        self._taken = 0
        self._counted: Callable[[], dict[str, int]] = self.counts
        self._scaled = 0

    def put(self, frame: Waiting) -> None:
        """Lay down the newest frame."""
        with self._changed:
            self._superseded += self._waiting is not None
            self._waiting = frame
            if self._slots:  # else there is nowhere to convert it to
                self._changed.notify()

    def grant(self, slot: int) -> None:
        """The daemon no longer looks at this slot."""
        with self._changed:
            if slot not in self._slots:
                self._slots.append(slot)
            self._changed.notify()

    def tell_with(self, counted: Callable[[], dict[str, int]]) -> None:
        """Send these counts along with every frame."""
        self._counted = counted

    def counts(self) -> dict[str, int]:
        """Frames superseded by a newer one, taken for a slot, scaled down; and waiting (0 or 1)."""
        with self._changed:
            return {
                "superseded": self._superseded,
                "taken": self._taken,
                "scaled": self._scaled,
                "waiting": int(self._waiting is not None),
            }

    def run(self) -> None:
        """Convert for ever, one frame per grant.

        Raises:
            OSError: the daemon has gone.
        """
        while True:
            with self._changed:
                while self._waiting is None or not self._slots:
                    self._changed.wait()
                frame, self._waiting = self._waiting, None
                slot = self._slots.pop(0)
                self._taken += 1
            self._convert(frame, slot)

    def show_close_up(self, at_ms: int, close_up: CloseUp | None) -> None:
        """Convert a picture of the main stream into its slot, and tell; on the asker's thread."""
        if close_up is None:
            self._control.send("closeup", at_ms=at_ms, width=0, height=0, wall_ms=0, decoded=0)
            return
        width, height = self._fill(VideoReformatter(), close_up.picture, CLOSE_UP)
        self._control.send(
            "closeup",
            at_ms=at_ms,
            width=width,
            height=height,
            wall_ms=close_up.wall_ms,
            decoded=close_up.decoded,
        )

    def _fill(
        self, reformatter: VideoReformatter, picture: av.VideoFrame, slot: int
    ) -> tuple[int, int]:
        """Put a picture, masked, into a slot that is ours until the daemon is told."""
        width, height = fitting_size(picture.width, picture.height, self._longest_side)
        converted = reformatter.reformat(picture, width, height, "bgr24", threads=1)
        target = self._ring.image(slot, width, height)
        np.copyto(target.reshape(height, width * 3), first_plane(converted)[:, : width * 3])
        self._mask.fill(target, BLACK)
        return width, height

    def _convert(self, frame: Waiting, slot: int) -> None:
        picture = frame.picture
        width, height = self._fill(self._reformatter, picture, slot)
        self._scaled += width != picture.width
        self._control.send(
            "filled",
            slot=slot,
            width=width,
            height=height,
            source_ms=frame.source_ms,
            wall_ms=frame.wall_ms,
            motion=round(frame.motion, 5),
            counts=self._counted(),
        )
