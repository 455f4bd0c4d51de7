"""How often a camera has to be looked at, told from what it shows.

Nobody in view: as often as the camera may be looked at, so that who enters is noticed at once;
seldom while something moves and nobody is ever found. Somebody who is not believed yet: as often
as it may be. Otherwise as often as the quickest of those in view needs: the tracker finds somebody
again who has moved by a part of the own width, so who crosses the picture is looked at often, and
who stands at a shelf seldom.
"""

from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.tracking.tracker import LiveTrack, TrackerStep

STEP = 0.35
"""Widths of a person from one look to the next."""

SMOOTH = 0.5
"""Share of a new speed in the one that counts."""

BARREN_MS = 3000
"""After so long of motion with nobody in it the next look may wait."""


@dataclass(slots=True)
class _Mover:
    xyxy: Floats
    at_ms: int
    speed: float = 0.0


class Pace:
    """Follows the people of one camera; no I/O, one owner.

    Args:
        most: frames per second at the most.
        calm: frames per second that are enough while nobody moves; at most `most`.
    """

    def __init__(self, most: float, calm: float) -> None:
        self._most = most
        self._calm = min(calm, most)
        self._movers: dict[int, _Mover] = {}
        self._somebody_ms: int | None = None

    def after(self, step: TrackerStep, at_ms: int, *, moving: bool) -> float:
        """How many frames per second are wanted after this one.

        Args:
            step: what it meant.
            at_ms: when it was taken.
            moving: the motion gate passed it because something moved.
        """
        self._movers = {live.number: self._mover(live, at_ms) for live in step.live}
        if step.live or step.young or not moving or self._somebody_ms is None:
            self._somebody_ms = at_ms
        if step.young:
            return self._most
        if not step.live:
            barren = at_ms - self._somebody_ms >= BARREN_MS
            return self._calm if barren else self._most
        quickest = max(mover.speed for mover in self._movers.values())
        return min(self._most, max(self._calm, quickest / STEP))

    def _mover(self, live: LiveTrack, at_ms: int) -> _Mover:
        before = self._movers.get(live.number)
        if before is None:
            # what is not known yet is taken for quick
            return _Mover(live.xyxy, at_ms, speed=self._most * STEP)
        if not live.seen or at_ms <= before.at_ms:
            return before
        moved = np.abs(_middle(live.xyxy) - _middle(before.xyxy)).max()
        width = max(1.0, float(live.xyxy[2] - live.xyxy[0]))
        speed = float(moved) / width * 1000 / (at_ms - before.at_ms)
        return _Mover(live.xyxy, at_ms, before.speed + SMOOTH * (speed - before.speed))


def _middle(xyxy: Floats) -> Floats:
    return np.asarray((xyxy[:2] + xyxy[2:]) / 2, np.float32)
