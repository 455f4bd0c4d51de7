"""Puts the targets together, and lets them be added and removed while the box runs."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn

from edge_agent.domain.errors import NotFound, Refused, Unavailable
from edge_agent.outbound import Tried
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, insist, keep_running
from edge_agent.storage.audit import append_audit
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Transaction
from edge_agent.storage.webhook_targets import delete_webhook, insert_webhook, kept_webhooks
from edge_agent.storage.webhooks import set_webhooks
from edge_agent.webhooks.kept import NewWebhook, Seals, checked, read_targets, row_of
from edge_agent.webhooks.options import WebhookTarget
from edge_agent.webhooks.target import RETRY, Counts, Target
from edge_agent.wire.answers import Links

MOST = 20
"""Targets that may be added while the box runs."""

_DISK = Backoff(first=0.5, longest=15.0)


class Webhooks:
    """Tells every target: those of the configuration, and those that were added since.

    A name of the configuration hides one that was added before.

    Args:
        store: queues, and the targets that were added.
        targets: of the configuration.
        links: to pictures and clips, with the address under which receivers reach the box.
        seals: encrypts addresses and secrets of those that are added.
        live_within: seconds; an event that leaves later than this is marked `historical`.
        clock: tells the time.
        counters: count tries.
        backoff: between tries to tell a target.
    """

    def __init__(
        self,
        store: Store,
        targets: Sequence[WebhookTarget],
        links: Links,
        *,
        seals: Seals,
        live_within: float,
        clock: Clock,
        counters: Counters,
        backoff: Backoff = RETRY,
    ) -> None:
        self._store = store
        self._seals = seals
        self._clock = clock
        self._written = {target.name: target for target in targets}
        self._targets: dict[str, Target] = {}
        self._naming = asyncio.Lock()
        self._running: dict[str, asyncio.Task[NoReturn]] = {}
        counts = Counts(counters)
        self._made: Callable[[WebhookTarget], Target] = lambda target: Target(
            store,
            target,
            links,
            live_within=live_within,
            clock=clock,
            counts=counts,
            backoff=backoff,
        )
        self._show(counters)

    def _show(self, counters: Counters) -> None:
        def by_target(value: Callable[[Target], int]) -> list[tuple[tuple[tuple[str, str]], float]]:
            return [((("target", one.name),), float(value(one))) for one in self]

        counters.gauges(
            "edge_agent_webhook_waiting",
            "Events that a webhook had not taken at the last try, by target.",
            lambda: by_target(lambda one: one.waiting),
        )
        counters.gauges(
            "edge_agent_webhook_failing",
            "Tries in a row that a webhook has not taken, by target.",
            lambda: by_target(lambda one: one.failures),
        )

    def __iter__(self) -> Iterator[Target]:
        return iter([self._targets[name] for name in sorted(self._targets)])

    async def run(self) -> NoReturn:
        """Tell until cancelled; a disk that is away for a while is waited for."""
        async with asyncio.TaskGroup() as group:
            while True:
                version = self._store.version("webhook_target")
                await insist("webhooks", self.name_targets, retry_on=Unavailable, backoff=_DISK)
                self._start(group)
                await self._store.changed("webhook_target", version)

    async def name_targets(self) -> None:
        """Have events queued for exactly those targets that there are."""
        async with self._naming:
            async with self._store.transaction() as tx:
                wanted = await self._wanted(tx)
                await set_webhooks(tx, {name: one.kinds for name, one in wanted.items()})
            self._take(wanted)

    def _take(self, wanted: Mapping[str, WebhookTarget]) -> None:
        for name, target in wanted.items():
            if name not in self._targets or self._targets[name].told != target:
                self._targets[name] = self._made(target)
        for name in self._targets.keys() - wanted.keys():
            del self._targets[name]

    def _start(self, group: asyncio.TaskGroup) -> None:
        for name, task in list(self._running.items()):
            if task.get_name() != _task_name(self._targets.get(name)):
                task.cancel()
                del self._running[name]
        for name, target in self._targets.items():
            if name not in self._running:
                work = keep_running(
                    f"webhook {name}", target.run, retry_on=Unavailable, backoff=_DISK
                )
                self._running[name] = group.create_task(work, name=_task_name(target))

    async def add(self, new: NewWebhook, *, asker: str) -> tuple[Target, str]:
        """Tell one more host from now on.

        Returns:
            the target, and its secret, which is shown this once.

        Raises:
            Refused: something in it cannot be, the name is taken, or there are too many.
        """
        whole = checked(new)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            if whole.name in self._written:
                raise Refused(f"the configuration has a webhook {whole.name}", field="name")
            if len(await kept_webhooks(tx)) >= MOST:
                raise Refused(f"there are {MOST} webhooks; delete some, or use the configuration")
            if not await insert_webhook(tx, row_of(whole, self._seals, now_ms)):
                raise Refused(f"there is a webhook {whole.name}", field="name")
            await append_audit(tx, asker, "webhook.add", {"webhook": whole.name}, now_ms)
        await self.name_targets()
        return self._targets[whole.name], whole.secret

    async def remove(self, name: str, *, asker: str) -> None:
        """Tell a host no more; what waits for it is dropped.

        Raises:
            NotFound: there is none of this name.
            Refused: the configuration names it.
        """
        if name in self._written:
            raise Refused(
                f"{name} stands in the configuration under webhooks; take it out there",
                field="name",
            )
        async with self._store.transaction() as tx:
            if not await delete_webhook(tx, name):
                raise NotFound(f"there is no webhook {name}", field="name")
            now_ms = self._clock.now_ms()
            await append_audit(tx, asker, "webhook.remove", {"webhook": name}, now_ms)
        await self.name_targets()

    async def test(self, name: str, *, asker: str) -> Tried:
        """Send a host a message past its queue.

        Raises:
            NotFound: there is none of this name.
        """
        target = self._targets.get(name)
        if target is None:
            raise NotFound(f"there is no webhook {name}", field="name")
        async with self._store.transaction() as tx:
            now_ms = self._clock.now_ms()
            await append_audit(tx, asker, "webhook.test", {"webhook": name}, now_ms)
        return await target.test()

    async def _wanted(self, tx: Transaction) -> dict[str, WebhookTarget]:
        kept = {target.name: target for target in await read_targets(tx, self._seals)}
        return {**kept, **self._written}


def _task_name(target: Target | None) -> str:
    # Tells a target from another one that was added later under the same name.
    return "" if target is None else f"webhook {target.name} {id(target)}"
