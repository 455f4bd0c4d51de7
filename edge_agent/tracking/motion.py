"""Where a box will be: a constant-velocity Kalman filter in real time.

State: centre x, centre y, width, height, and the velocity of each. Neither the motion nor the
noise couples the four, so the usual filter of eight dimensions falls apart into four of two
dimensions each (Kalman 1960; the state of SORT, Bewley et al. 2016); they are kept side by side
as rows of small arrays, which is the same filter at a fraction of the cost.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats

_Four = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionOptions:
    """How people move and how detectors err; lengths are in body heights.

    Attributes:
        speed: standard deviation of the speed somebody has at first sight, per second. Walking is
            1.4 m/s, or 0.8 body heights per second.
        acceleration: standard deviation of what the speed gains per square root of a second.
        resizing: both of the above for width and height, as a fraction.
        error: standard deviation of a detected centre.
        size_error: standard deviation of a detected width or height.
        coast_ms: an unseen box moves on this long and then stands still.
    """

    speed: float = 0.8
    acceleration: float = 0.4
    resizing: float = 0.3
    error: float = 0.05
    size_error: float = 0.06
    coast_ms: int = 1000


def _measured(xyxy: Floats) -> _Four:
    left, top, right, bottom = (float(side) for side in xyxy)
    return np.array([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])


class Motion:
    """The filter of one box.

    Attributes:
        last_ms: the last sight.
        unit: body height in heights of this box: 1 for a body, about 7 for a face.
    """

    __slots__ = ("_at_ms", "_cross", "_options", "_place", "_spread", "_velocity", "_wander",
                 "last_ms", "unit")  # fmt: skip

    def __init__(self, xyxy: Floats, at_ms: int, options: MotionOptions, unit: float) -> None:
        self._options = options
        self.unit = unit
        self.last_ms = self._at_ms = at_ms
        self._place = _measured(xyxy)
        self._velocity = np.zeros(4)
        self._spread = self._error() ** 2
        self._wander = (options.speed * self._scale()) ** 2
        self._cross = np.zeros(4)

    def _height(self) -> float:
        return max(float(self._place[3]), 1.0) * self.unit

    def _scale(self) -> _Four:
        small = self._options.resizing
        return self._height() * np.array([1.0, 1.0, small / self.unit, small / self.unit])

    def _error(self) -> _Four:
        centre, size = self._options.error, self._options.size_error
        # A detector errs in proportion to the box it draws, not to the body behind it.
        return self._height() / self.unit * np.array([centre, centre, size, size])

    def predict(self, at_ms: int) -> None:
        """Move on to `at_ms`; earlier than the last prediction does nothing."""
        until = min(at_ms, self.last_ms + self._options.coast_ms)
        seconds = (until - self._at_ms) / 1000
        if seconds <= 0:
            return
        self._at_ms = until
        noise = (self._options.acceleration * self._scale()) ** 2
        self._place = self._place + seconds * self._velocity
        self._place[2:] = np.maximum(self._place[2:], 1.0)
        self._spread = (
            self._spread
            + 2 * seconds * self._cross
            + seconds**2 * self._wander
            + noise * seconds**3 / 3
        )
        self._cross = self._cross + seconds * self._wander + noise * seconds**2 / 2
        self._wander = self._wander + noise * seconds

    def correct(self, xyxy: Floats, at_ms: int) -> None:
        """Take in a sight at `at_ms`, to which the filter has been predicted."""
        surprise = _measured(xyxy) - self._place
        gain = self._spread / (self._spread + self._error() ** 2)
        swing = self._cross / (self._spread + self._error() ** 2)
        self._place = self._place + gain * surprise
        self._velocity = self._velocity + swing * surprise
        self._wander = self._wander - swing * self._cross
        self._cross = (1 - gain) * self._cross
        self._spread = (1 - gain) * self._spread
        self.last_ms = self._at_ms = at_ms

    def xyxy(self) -> Floats:
        """(4,) float32: where the box is thought to be."""
        half = self._place[2:] / 2
        return np.concatenate([self._place[:2] - half, self._place[:2] + half]).astype(np.float32)

    def sigma(self) -> Floats:
        """(2,) float32 pixels: standard deviation of the centre, across and down."""
        return np.sqrt(self._spread[:2]).astype(np.float32)
