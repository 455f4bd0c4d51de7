"""How many of the nearest the index finds, told by a running box about itself.

Every so often it asks for whoever is near one of its own vectors, under a random filter, and holds
the answer against all rows that the filter admits. That takes about 0.1 ms of the index's thread
per 1,000 rows, in slices of three milliseconds; while the box is busy it does not ask.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edge_agent.index import VectorIndex
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread


def busy() -> bool:
    """Whether more wants to run than there are processors, over the last minute."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOptions:
    """How the index is watched.

    Attributes:
        every: seconds between questions.
        nearest: tracks that each asks for.
        kept: questions over which the mean is told.
        pause: seconds between slices, for others who want the index.
    """

    every: float = 20.0
    nearest: int = 10
    kept: int = 100
    pause: float = 0.02


class Recall:
    """Asks and tells the mean."""

    def __init__(
        self,
        index: VectorIndex,
        index_thread: OneThread,
        options: RecallOptions,
        *,
        counters: Counters,
        busy: Callable[[], bool] = busy,
    ) -> None:
        self._index = index
        self._thread = index_thread
        self._options = options
        self._busy = busy
        self._chance = np.random.default_rng()
        self._found: deque[float] = deque(maxlen=options.kept)
        self._asked = counters.counter(
            "edge_agent_index_shadow_questions_total",
            "Questions the index asked itself, by outcome: compared, changed (vectors came or went"
            " meanwhile) or busy.",
        )
        counters.gauges(
            "edge_agent_index_recall",
            "Share of the true nearest 10 that the index answered, over its last 100 questions to"
            " itself.",
            lambda: [((), sum(self._found) / len(self._found))] if self._found else [],
        )

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            await asyncio.sleep(self._options.every)
            await self.ask()

    async def ask(self) -> None:
        """Ask one question, unless the box is busy."""
        if self._busy():
            self._asked.add(outcome="busy")
            return
        shadow = await self._thread.call(self._index.shadow, self._chance, self._options.nearest)
        if shadow is None:
            return
        more = True
        while more:
            more = await self._thread.call(shadow.go_on)
            await asyncio.sleep(self._options.pause)
        recall = await self._thread.call(lambda: shadow.recall)
        self._asked.add(outcome="changed" if recall is None else "compared")
        if recall is not None:
            self._found.append(recall)
