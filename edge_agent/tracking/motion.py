"""Where a box will be: a constant-velocity Kalman filter in real time.

State: centre x, centre y, width, height, and the velocity of each. Neither the motion nor the
noise couples the four, so the usual filter of eight dimensions falls apart into four of two
dimensions each (Kalman 1960; the state of SORT, Bewley et al. 2016). Their few numbers are plain
floats: numpy takes longer to be called than to reckon with four of them.
"""

import math
from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats


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


Corners = tuple[float, float, float, float]


def _measured(xyxy: Floats) -> Corners:
    left, top, right, bottom = xyxy.tolist()
    return (left + right) / 2, (top + bottom) / 2, right - left, bottom - top


class _Axis:
    """The filter of one number and its speed, with their covariance."""

    __slots__ = ("cross", "place", "spread", "velocity", "wander")

    def __init__(self, place: float, error: float, speed: float) -> None:
        self.place = place
        self.velocity = 0.0
        self.spread = error**2
        self.wander = speed**2
        self.cross = 0.0

    def predict(self, seconds: float, noise: float) -> None:
        self.place += seconds * self.velocity
        self.spread += 2 * seconds * self.cross + seconds**2 * self.wander + noise * seconds**3 / 3
        self.cross += seconds * self.wander + noise * seconds**2 / 2
        self.wander += noise * seconds

    def correct(self, measured: float, error: float) -> None:
        surprise = measured - self.place
        gain = self.spread / (self.spread + error**2)
        swing = self.cross / (self.spread + error**2)
        self.place += gain * surprise
        self.velocity += swing * surprise
        self.wander -= swing * self.cross
        self.cross *= 1 - gain
        self.spread *= 1 - gain


class Motion:
    """The filter of one box.

    Attributes:
        last_ms: the last sight.
        unit: body height in heights of this box: 1 for a body, about 7 for a face.
    """

    __slots__ = ("_at_ms", "_axes", "_options", "last_ms", "unit")

    def __init__(self, xyxy: Floats, at_ms: int, options: MotionOptions, unit: float) -> None:
        self._options = options
        self.unit = unit
        self.last_ms = self._at_ms = at_ms
        measured = _measured(xyxy)
        height = max(measured[3], 1.0) * unit
        self._axes = tuple(
            _Axis(place, error, options.speed * scale)
            for place, error, scale in zip(
                measured, self._errors(height), self._scales(height), strict=True
            )
        )

    def _height(self) -> float:
        return max(self._axes[3].place, 1.0) * self.unit

    def _scales(self, height: float) -> Corners:
        small = height * (self._options.resizing / self.unit)
        return height, height, small, small

    def _errors(self, height: float) -> Corners:
        # A detector errs in proportion to the box it draws, not to the body behind it.
        centre = height / self.unit * self._options.error
        size = height / self.unit * self._options.size_error
        return centre, centre, size, size

    def predict(self, at_ms: int) -> None:
        """Move on to `at_ms`; earlier than the last prediction does nothing."""
        until = min(at_ms, self.last_ms + self._options.coast_ms)
        seconds = (until - self._at_ms) / 1000
        if seconds <= 0:
            return
        self._at_ms = until
        for axis, scale in zip(self._axes, self._scales(self._height()), strict=True):
            axis.predict(seconds, (self._options.acceleration * scale) ** 2)
        for size in self._axes[2:]:
            size.place = max(size.place, 1.0)

    def correct(self, xyxy: Floats, at_ms: int) -> None:
        """Take in a sight at `at_ms`, to which the filter has been predicted."""
        errors = self._errors(self._height())
        for axis, measured, error in zip(self._axes, _measured(xyxy), errors, strict=True):
            axis.correct(measured, error)
        self.last_ms = self._at_ms = at_ms

    def corners(self) -> Corners:
        """Where the box is thought to be, as `xyxy`."""
        x, y, width, height = (axis.place for axis in self._axes)
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    def xyxy(self) -> Floats:
        """(4,) float32: where the box is thought to be."""
        return np.array(self.corners(), np.float32)

    def sigma(self) -> tuple[float, float]:
        """Pixels: standard deviation of the centre, across and down."""
        return math.sqrt(self._axes[0].spread), math.sqrt(self._axes[1].spread)
