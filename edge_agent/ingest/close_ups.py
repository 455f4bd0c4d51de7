"""The daemon's end of close-ups: pictures of the main stream, asked for one at a time."""

import asyncio
from collections.abc import Callable

from edge_agent.ingest.frame import CloseUp
from edge_agent.ingest.ring import CLOSE_UP, Ring
from edge_agent.runtime.counters import Counters

PATIENCE_S = 2.0
"""A picture that takes longer has left the pre-roll, or the box is too slow to bother."""


class CloseUps:
    """Asks a worker and waits; lives on the event loop."""

    def __init__(self, camera: str, ring: Ring, counters: Counters) -> None:
        self._camera = camera
        self._ring = ring
        self._asked: tuple[int, asyncio.Future[CloseUp | None]] | None = None
        self._counter = counters.counter(
            "edge_agent_close_ups_total",
            "Pictures of main streams asked for, by camera and outcome.",
        )
        self._decoded = counters.counter(
            "edge_agent_close_up_decoded_total",
            "Pictures of main streams decoded to get those shown, by camera.",
        )

    async def ask(self, at_ms: int, tell: Callable[[int], None]) -> CloseUp | None:
        """Ask for the picture of a wall time; None where there is none in time.

        Args:
            at_ms: the wall time.
            tell: hands the question to the worker.
        """
        answer: asyncio.Future[CloseUp | None] = asyncio.get_running_loop().create_future()
        self._asked = (at_ms, answer)
        tell(at_ms)
        try:
            async with asyncio.timeout(PATIENCE_S):
                close_up = await answer
        except TimeoutError:
            close_up = None
        finally:
            self._asked = None
        outcome = "missed" if close_up is None else "shown"
        self._counter.add(camera=self._camera, outcome=outcome)
        return close_up

    def heard(self, *, at_ms: int, width: int, height: int, wall_ms: int, decoded: int) -> None:
        """Take the worker's answer; one that nobody waits for any more is left.

        Raises:
            ValueError: its size cannot be.
        """
        self._decoded.add(decoded, camera=self._camera)
        image = self._ring.image(CLOSE_UP, width, height) if width else None
        if self._asked is not None and self._asked[0] == at_ms and not self._asked[1].done():
            self._asked[1].set_result(None if image is None else CloseUp(image, wall_ms))

    def gone(self) -> None:
        """The worker has gone: it will not answer."""
        if self._asked is not None and not self._asked[1].done():
            self._asked[1].set_result(None)
