"""Works off the queue of one target."""

import asyncio
import json
import logging
import ssl
from typing import NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import EventKind, OutboxRow
from edge_agent.domain.ids import new_id
from edge_agent.outbound import MOST_REFUSALS, Outcome, PostLimits, Tried, tell
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.storage.webhooks import (
    Delivery,
    drop_delivery,
    drop_stale_deliveries,
    next_delivery,
    waiting_deliveries,
)
from edge_agent.webhooks.options import WebhookTarget
from edge_agent.webhooks.signing import signed_headers
from edge_agent.wire.answers import Links
from edge_agent.wire.events import box_alarm, envelope, with_links

log = logging.getLogger(__name__)

TEST = "webhook.test"
"""The kind of a message that somebody sends by hand to see whether it arrives."""

RETRY = Backoff(first=1.0, longest=60.0)


class Counts:
    """What is counted of all targets.

    Attributes:
        tries: by target and outcome.
        dropped: by target and reason.
    """

    def __init__(self, counters: Counters) -> None:
        self.tries = counters.counter(
            "edge_agent_webhook_tries_total", "Events sent to webhooks, by target and outcome."
        )
        self.dropped = counters.counter(
            "edge_agent_webhook_dropped_total",
            "Events that a webhook never took, by target and reason.",
        )


class Target:
    """Tells one host.

    Args:
        target: whom.
        live_within: seconds; an event that leaves later than this is marked `historical`.
        backoff: between tries.

    Attributes:
        taken_ms: when the host took something last, since the box started; None for never.
        problem: what was wrong with the last try; empty where nothing was.
    """

    def __init__(
        self,
        store: Store,
        target: WebhookTarget,
        links: Links,
        *,
        live_within: float,
        clock: Clock,
        counts: Counts,
        backoff: Backoff = RETRY,
    ) -> None:
        self._store = store
        self._target = target
        self._links = links
        self._live_within_ms = live_within * 1000
        self._clock = clock
        self._backoff = backoff
        self._limits: PostLimits | None = None
        self._failures = 0
        self._alarmed = False
        self._waiting = 0
        self.taken_ms: int | None = None
        self.problem = ""
        self._tries = counts.tries
        self._dropped = counts.dropped

    @property
    def told(self) -> WebhookTarget:
        """Whom."""
        return self._target

    @property
    def name(self) -> str:
        """Of the target."""
        return self._target.name

    @property
    def waiting(self) -> int:
        """Events that had not been taken at the last try."""
        return self._waiting

    @property
    def failures(self) -> int:
        """Tries in a row that failed."""
        return self._failures

    async def run(self) -> NoReturn:
        """Tell until cancelled.

        Raises:
            Unavailable: the disk is full or failing.
        """
        while True:
            version = self._store.version("webhook_delivery")
            await self._drop_stale()
            delivery = await next_delivery(self._store, self.name)
            if delivery is None:
                self._waiting = 0
                await self._store.changed("webhook_delivery", version)
            else:
                await self._tell(delivery)

    async def _tell(self, delivery: Delivery) -> None:
        self._waiting = (await waiting_deliveries(self._store, self.name)).events
        outcome = await self._try(delivery.row)
        self._tries.add(target=self.name, outcome=outcome.value)
        if outcome is Outcome.TAKEN:
            self._failures = 0
            self._alarmed = False
            await self._drop(delivery)
            return
        self._failures += 1
        if outcome is Outcome.REFUSED and self._failures >= MOST_REFUSALS:
            self._dropped.add(target=self.name, reason="refused")
            self._failures = 0
            await self._drop(delivery)
            return
        await asyncio.sleep(self._backoff.after(self._failures))

    async def test(self) -> Tried:
        """Send the host a message of its own kind, past the queue."""
        now_ms = self._clock.now_ms()
        return await self._send(
            OutboxRow(
                epoch=self._store.epoch,
                seq=0,
                event_id=new_id(now_ms),
                kind=TEST,
                at_ms=now_ms,
                data={"webhook": self.name},
            )
        )

    async def _try(self, row: OutboxRow) -> Outcome:
        tried = await self._send(row)
        self.problem = tried.problem
        if tried.taken:
            self.taken_ms = self._clock.now_ms()
        else:
            log.log(self._level(), "webhook %s: %s: %s", self.name, row.kind, tried.problem)
        return tried.outcome

    async def _send(self, row: OutboxRow) -> Tried:
        now_ms = self._clock.now_ms()
        late = now_ms - row.at_ms > self._live_within_ms
        message = with_links(envelope(row, historical=late), self._links)
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed_headers(self._target.key, row.event_id, now_ms // 1000, body)
        return await tell(self._target.url, body, headers, await self._reach())

    def _level(self) -> int:
        """The first failure is worth a warning, those that follow say the same."""
        return logging.INFO if self._failures else logging.WARNING

    async def _reach(self) -> PostLimits:
        if self._limits is None:
            ca_file = self._target.ca_file
            try:
                context = await asyncio.to_thread(
                    ssl.create_default_context,
                    cafile=None if ca_file is None else str(ca_file),
                    cadata=self._target.ca_pem or None,
                )
            except (OSError, ssl.SSLError) as error:
                raise Unavailable(f"{ca_file} cannot be used: {error}") from error
            self._limits = PostLimits(
                seconds=self._target.timeout,
                plain=self._target.plain,
                allowed_networks=self._target.networks,
                context=context,
            )
        return self._limits

    async def _drop(self, delivery: Delivery) -> None:
        async with self._store.transaction() as tx:
            await drop_delivery(tx, delivery.id)

    async def _drop_stale(self) -> None:
        """Let go what nobody took for too long; one alarm, until something is taken again."""
        now_ms = self._clock.now_ms()
        waiting = await waiting_deliveries(self._store, self.name)
        before_ms = now_ms - self._target.keep_ms
        if waiting.oldest_ms is None or (
            waiting.oldest_ms >= before_ms and waiting.events <= self._target.most
        ):
            return
        async with self._store.transaction() as tx:
            gone = await drop_stale_deliveries(
                tx, self.name, before_ms=before_ms, keep=self._target.most
            )
            if not self._alarmed:
                text = f"webhook {self.name} has not taken {gone} events in time; they are dropped"
                data = box_alarm("webhook", text)
                await append_event(tx, EventKind.BOX_ALARM, data, now_ms, new_id(now_ms))
        self._alarmed = True
        self._dropped.add(gone, target=self.name, reason="late")
        log.error("webhook %s: %d events were not taken in time", self.name, gone)
