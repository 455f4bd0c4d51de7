"""What the workers of one camera counted, as metrics of the daemon."""

from collections.abc import Mapping

from edge_agent.runtime.counters import Counters

STAGES = ("decoded", "gated", "superseded", "delivered", "broken", "scaled")


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
        self._counted: Mapping[str, int] = {}

    def count(self, counts: Mapping[str, int]) -> None:
        """Take what a worker has counted since it was started."""
        for stage in STAGES:
            more = counts[stage] - self._counted.get(stage, 0)
            self._frames.add(more, camera=self._camera, stage=stage)
        more = counts["bytes"] - self._counted.get("bytes", 0)
        self._received.add(more, camera=self._camera)
        self._counted = counts

    def restart(self) -> None:
        """The worker has gone."""
        self._counted = {}
