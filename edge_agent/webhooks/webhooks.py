"""Puts the targets together."""

import asyncio
from collections.abc import Sequence
from typing import NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, insist, keep_running
from edge_agent.storage.store import Store
from edge_agent.storage.webhooks import set_webhooks
from edge_agent.webhooks.options import WebhookTarget
from edge_agent.webhooks.target import RETRY, Counts, Target
from edge_agent.wire.answers import Links

_DISK = Backoff(first=0.5, longest=15.0)


class Webhooks:
    """Tells every target of the configuration.

    Args:
        links: to pictures and clips, with the address under which receivers reach the box.
        live_within: seconds; an event that leaves later than this is marked `historical`.
        backoff: between tries to tell a target.
    """

    def __init__(
        self,
        store: Store,
        targets: Sequence[WebhookTarget],
        links: Links,
        *,
        live_within: float,
        clock: Clock,
        counters: Counters,
        backoff: Backoff = RETRY,
    ) -> None:
        self._store = store
        self._kinds = {target.name: target.kinds for target in targets}
        counts = Counts(counters)
        self._targets = [
            Target(
                store,
                target,
                links,
                live_within=live_within,
                clock=clock,
                counts=counts,
                backoff=backoff,
            )
            for target in targets
        ]
        counters.gauges(
            "edge_agent_webhook_waiting",
            "Events that a webhook had not taken at the last try, by target.",
            lambda: [((("target", one.name),), float(one.waiting)) for one in self._targets],
        )
        counters.gauges(
            "edge_agent_webhook_failing",
            "Tries in a row that a webhook has not taken, by target.",
            lambda: [((("target", one.name),), float(one.failures)) for one in self._targets],
        )

    async def run(self) -> NoReturn:
        """Tell until cancelled; a disk that is away for a while is waited for."""
        await insist("webhooks", self._name_targets, retry_on=Unavailable, backoff=_DISK)
        async with asyncio.TaskGroup() as group:
            for target in self._targets:
                group.create_task(
                    keep_running(
                        f"webhook {target.name}",
                        target.run,
                        retry_on=Unavailable,
                        backoff=_DISK,
                    ),
                    name=f"webhook {target.name}",
                )
            await asyncio.Event().wait()
        raise AssertionError("a group of endless tasks has ended")

    async def _name_targets(self) -> None:
        async with self._store.transaction() as tx:
            await set_webhooks(tx, self._kinds)
