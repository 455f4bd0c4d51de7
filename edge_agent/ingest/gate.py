"""Is anything moving? Asked of as many frames as may pass, so it must cost next to nothing.

The luma plane is looked at where the decoder left it: four pixels per cell, at most 160 x 90
cells. Four pixels are enough because their mean halves the noise, and a body covers many cells.
A cell has changed if it differs from what it has looked like lately, after the change that is
common to all of them has been taken off: a cloud before the sun is no motion.
"""

import av
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.domain.mask import Mask
from edge_agent.ingest.planes import first_plane
from edge_agent.ingest.source import GateOptions

CELLS_WIDE, CELLS_HIGH = 160, 90
_HIGH_DEPTH = ("p10le", "p12le", "p16le")


def luma_cells(frame: av.VideoFrame) -> Floats:
    """Brightness of the frame's cells.

    Returns:
        (h, w) float32, 0 to 255; at most 90 x 160 cells.
    """
    plane = _luma(frame)
    height, width = plane.shape
    down, across = _steps(width, height)
    rows, columns = height // down, width // across
    half_down, half_across = down // 2, across // 2
    total = np.zeros((rows, columns), np.uint16)
    for top in {0, half_down}:
        for left in {0, half_across}:
            total += plane[top::down, left::across][:rows, :columns]
    samples = len({0, half_down}) * len({0, half_across})
    return total.astype(np.float32) * np.float32(1 / samples)


def seen_cells(mask: Mask, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Which cells of a picture of this size no privacy mask touches.

    Returns:
        (h, w) bool, as many cells as `luma_cells` gives.
    """
    down, across = _steps(width, height)
    return mask.visible(height // down, width // across, width=width / across, height=height / down)


def _steps(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of pixels in a cell."""
    return -(-height // CELLS_HIGH), -(-width // CELLS_WIDE)


def _luma(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    name = frame.format.name
    if name.startswith(("yuv", "nv", "gray")) and name.endswith(_HIGH_DEPTH):
        wide = first_plane(frame).view(np.uint16)[:, : frame.width]
        bits = int(name[-4:-2])
        return (wide >> (bits - 8)).astype(np.uint8)
    if name.startswith(("yuvj", "yuv4", "nv", "gray")):
        return first_plane(frame)[:, : frame.width]
    return first_plane(frame.reformat(format="gray"))[:, : frame.width]


class MotionGate:
    """Decides which frames the detectors may see.

    Attributes:
        motion: share of cells that had changed in the last frame, 0 to 1.
    """

    def __init__(self, options: GateOptions, detect_fps: float) -> None:
        self._options = options
        self._most_fps = detect_fps
        self._every_ms = 1000.0 / detect_fps
        self._usual: Floats | None = None
        self._last_ms = 0
        self._moved_ms = float("-inf")
        self._next_ms = float("-inf")
        self._passed_ms = float("-inf")
        self.motion = 0.0

    def pace(self, fps: float | None) -> None:
        """From now on look at so many frames per second; None and more mean `detect_fps`."""
        self._every_ms = 1000.0 / min(self._most_fps, fps or self._most_fps)
        self._next_ms = min(self._next_ms, self._last_ms + self._every_ms)

    def due(self, at_ms: int) -> bool:
        """Whether this frame is worth a look: as many per second are as `pace` has said.

        Args:
            at_ms: its source time; running backwards starts the gate afresh.
        """
        if self._last_ms <= at_ms < self._next_ms:
            return False
        if at_ms < self._last_ms:
            self._next_ms = float("-inf")
        # the next is due one interval after this one was due, not after it came: else 5 fps out
        # of 12 would become 4; but a gap in the stream is not made up for
        due = self._next_ms + self._every_ms
        self._next_ms = due if due > at_ms else at_ms + self._every_ms / 2
        return True

    def admits(self, cells: Floats, at_ms: int, *, attentive: bool) -> bool:
        """Whether this frame, which was due, passes.

        Args:
            cells: those that count, of `luma_cells`, in any shape that stays the same.
            at_ms: its source time; running backwards starts the gate afresh.
            attentive: somebody is being followed; every frame that is due passes.
        """
        if at_ms < self._last_ms or self._usual is None or self._usual.shape != cells.shape:
            self._start(cells)
        else:
            self._compare(self._usual, cells, at_ms - self._last_ms)
        self._last_ms = at_ms
        if self.motion >= self._options.area:
            self._moved_ms = at_ms
        passes = self._wanted(at_ms, attentive=attentive)
        if passes:
            self._passed_ms = at_ms
        return passes

    def _wanted(self, at_ms: int, *, attentive: bool) -> bool:
        since = at_ms - self._passed_ms
        return (
            at_ms - self._moved_ms <= self._options.hold_s * 1000
            or attentive
            or since >= self._options.idle_s * 1000
        )

    def _start(self, cells: Floats) -> None:
        self._usual = cells.copy()
        self.motion = 0.0
        self._moved_ms = self._passed_ms = float("-inf")

    def _compare(self, usual: Floats, cells: Floats, elapsed_ms: int) -> None:
        difference = cells - usual
        common = np.float32(difference.mean())
        share = min(1.0, elapsed_ms / (self._options.settle_s * 1000))
        usual += difference * np.float32(share)
        difference -= common
        np.abs(difference, out=difference)
        self.motion = np.count_nonzero(difference > self._options.level) / difference.size
