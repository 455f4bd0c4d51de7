"""Write down that somebody looked; read the log; check it."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.domain.errors import Refused
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.audit import AuditEntry, append_audit, get_audit, verify_audit

AGAIN_S = 600.0
"""Somebody who looks at the same again within this time is not written down again: a page asks
every few seconds."""

_REMEMBERED = 8192
_MOST = 1000


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the log, newest first.

    Attributes:
        next: give it as `before` for the next page; None on the last one.
    """

    entries: tuple[AuditEntry, ...]
    next: int | None


class AuditLog:
    """The log, for doors.

    Args:
        store: where it is kept.
        clock: the box's clock.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._noted: OrderedDict[str, float] = OrderedDict()

    async def looked(self, asker: str, action: str, detail: Mapping[str, Any]) -> None:
        """Write down that somebody looks at something, unless they did a short while ago.

        Raises:
            Unavailable: it cannot be written; then it must not be shown.
        """
        mark = json.dumps([asker, action, detail], sort_keys=True)
        now = self._clock.monotonic()
        before = self._noted.get(mark)
        if before is not None and now - before < AGAIN_S:
            return
        async with self._store.transaction() as tx:
            await append_audit(tx, asker, action, detail, self._clock.now_ms())
        self._noted[mark] = now
        self._noted.move_to_end(mark)
        if len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)

    async def page(
        self, *, before: int | None = None, who: str = "", action: str = "", limit: int = 50
    ) -> AuditPage:
        """A page of the log, newest first.

        Args:
            before: the `next` of the page before.
            who: only of this asker; empty for all.
            action: only actions that begin so; empty for all.
            limit: entries per page, 1 to 1000.

        Raises:
            Refused: the limit is another.
        """
        if not 1 <= limit <= _MOST:
            raise Refused(f"limit must be from 1 to {_MOST}, got {limit}", field="limit")
        found = await get_audit(self._store, before=before, who=who, action=action, limit=limit + 1)
        more = len(found) > limit
        return AuditPage(tuple(found[:limit]), found[limit - 1].seq if more else None)

    async def broken_at(self) -> int | None:
        """The first entry that does not fit to the one before it; None where all do."""
        return await verify_audit(self._store)
