"""What became of the frames of one camera, as metrics of the daemon.

A worker counts what it decodes, keeps back and lets go; the daemon counts what arrives
(`delivered`) and what becomes of it. Every frame has one fate:

    decoded = gated + superseded + dropped + inferred + failed + those still under way

`dropped` are frames that nobody looked at because their worker or their camera ended. Under way
are at most one frame that is being gated, one that waits for a slot, and one in each slot; none
once a camera has been switched off. Counts travel with every delivered frame, so the identity
holds whenever somebody looks, and after a kill as well.
"""

from collections import defaultdict
from collections.abc import Mapping

from edge_agent.runtime.counters import Counters

TOLD = ("decoded", "gated", "superseded", "broken", "scaled")
"""Stages that a worker counts."""


class Tally:
    """Adds up the counts of one worker after the other; each starts again at 0."""

    def __init__(self, camera: str, counters: Counters) -> None:
        self._camera = camera
        self._frames = counters.counter(
            "edge_agent_frames_total", "Frames and what became of them, by camera and stage."
        )
        self._received = counters.counter(
            "edge_agent_received_bytes_total", "Bytes of video received, by camera."
        )
        self._told: dict[str, int] = defaultdict(int)
        self._arrived = 0

    def count(self, counts: Mapping[str, int]) -> None:
        """Take what a worker has counted since it was started.

        Two of its threads tell, and one may overtake the other: what is less than was told
        before is old.
        """
        for stage in TOLD:
            self._frames.add(self._more(stage, counts[stage]), camera=self._camera, stage=stage)
        self._received.add(self._more("bytes", counts["bytes"]), camera=self._camera)

    def arrived(self) -> None:
        """A frame was delivered."""
        self._arrived += 1
        self.became("delivered")

    def became(self, stage: str, frames: int = 1) -> None:
        """This is what became of delivered frames."""
        self._frames.add(frames, camera=self._camera, stage=stage)

    def restart(self) -> None:
        """The worker has gone, and what it had under way with it."""
        told = self._told
        gone = told["decoded"] - told["gated"] - told["superseded"] - self._arrived
        self.became("dropped", gone)
        self._told, self._arrived = defaultdict(int), 0

    def _more(self, stage: str, count: int) -> int:
        more = max(0, count - self._told[stage])
        self._told[stage] += more
        return more
