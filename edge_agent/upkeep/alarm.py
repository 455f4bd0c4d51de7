"""Somebody should look at the box: log line, counter and event in one place."""

import logging
from typing import Literal

from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.wire.events import box_alarm

log = logging.getLogger(__name__)


class Alarms:
    """Raises alarms of this room."""

    def __init__(self, store: Store, clock: Clock, counters: Counters) -> None:
        self._store = store
        self._clock = clock
        self._raised = counters.counter("edge_agent_alarms_total", "Alarms raised, by subject.")

    async def say(self, about: Literal["disk", "database", "clock"], message: str) -> None:
        """Log the alarm, count it and put it into the outbox.

        Raises:
            Unavailable: the database cannot be written; the alarm has been logged and counted.
        """
        log.error("alarm (%s): %s", about, message)
        self._raised.add(about=about)
        now = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await append_event(
                tx,
                EventKind.BOX_ALARM,
                box_alarm(about, message),
                at_ms=now,
                event_id=new_id(now),
            )
