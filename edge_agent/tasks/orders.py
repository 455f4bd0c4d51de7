"""Receipts of the point of sale, tied to the tracks that stood at their till.

An order may be reported before or after whoever paid has been written down, and people may go on
standing there. So an order looks back when it comes, and whatever is written near an order
afterwards is noted by the transaction that writes it (triggers of the database, so no crash loses
one); `Orders.run` holds orders against what was noted. Tracks are tied, never untied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, NoReturn

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.order import Order, Stand
from edge_agent.domain.place import Places, ZoneKind
from edge_agent.runtime.clock import Clock
from edge_agent.storage.orders import (
    get_order,
    held_against_orders,
    insert_order,
    order_tracks,
    orders_between,
    tie_order,
    tracks_without_orders,
)
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Reads, Transaction
from edge_agent.wire.events import order_tied

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOptions:
    """Who counts as having paid, in milliseconds, an hour at the most.

    Attributes:
        before_ms: whoever was at the till until so long before the order.
        after_ms: whoever came to the till until so long after it.
    """

    before_ms: int = 15_000
    after_ms: int = 5_000


class TiedOrder(NamedTuple):
    """An order and the ids of its tracks."""

    order: Order
    tracks: tuple[str, ...]


class Orders:
    """Takes orders and ties them.

    Args:
        store: the truth.
        places: what was drawn into each camera's picture, by camera.
        options: tolerances.
        clock: tells the time.
    """

    def __init__(
        self, store: Store, places: Mapping[str, Places], options: OrderOptions, clock: Clock
    ) -> None:
        self._store = store
        self._tills = tills_of(places)
        self._options = options
        self._clock = clock

    async def put(self, order: Order) -> TiedOrder:
        """Take an order; the same one again ties whoever is new and answers all of its tracks.

        Args:
            order: as it was reported; `put_ms` is set here.

        Raises:
            NotFound: there is no such till.
            Refused: another order was reported under this id.
        """
        if order.till not in self._tills:
            known = ", ".join(sorted(self._tills)) or "none"
            raise NotFound(f"there is no till {order.till}; there are: {known}", field="till")
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            if not await insert_order(tx, replace(order, put_ms=now_ms)):
                await _check_same(tx, order)
            await self._tie(tx, order, None)
            return await _tied(tx, order.id)

    async def get(self, order_id: str) -> TiedOrder:
        """One order.

        Raises:
            NotFound: there is none of this id.
        """
        return await _tied(self._store, order_id)

    async def run(self) -> NoReturn:
        """Tie orders to tracks that come later, until cancelled.

        Raises:
            Unavailable: the disk is full or failing; run again later, nothing is lost.
        """
        while True:
            version = self._store.version("track")  # also touched where an action is written
            await self.keep_up()
            await self._store.changed("track", version)

    async def keep_up(self) -> int:
        """Hold orders against every track that was noted; returns how many ties were made."""
        made = 0
        while noted := await tracks_without_orders(self._store, _BATCH):
            ids = [track for track, _, _ in noted]
            start_ms = min(start for _, start, _ in noted) - self._options.after_ms
            end_ms = max(end for _, _, end in noted) + self._options.before_ms
            async with self._store.transaction() as tx:
                for order in await orders_between(tx, start_ms, end_ms):
                    made += await self._tie(tx, order, ids)
                await held_against_orders(tx, ids)
        return made

    async def _tie(self, tx: Transaction, order: Order, among: Sequence[str] | None) -> int:
        new = await tie_order(
            tx,
            order.id,
            self._tills.get(order.till, ()),
            start_ms=order.at_ms - self._options.before_ms,
            end_ms=order.at_ms + self._options.after_ms,
            among=among,
        )
        if new:
            now_ms = self._clock.now_ms()
            data = order_tied(order, await order_tracks(tx, order.id), new)
            await append_event(
                tx, EventKind.ORDER_TIED, data, at_ms=now_ms, event_id=new_id(now_ms)
            )
        return len(new)


def tills_of(places: Mapping[str, Places]) -> dict[str, tuple[Stand, ...]]:
    """Where each till is: every zone of kind till by its name, and every camera by its id.

    A camera without such a zone stands for its whole picture.
    """
    tills: dict[str, tuple[Stand, ...]] = {}
    for camera, drawn in places.items():
        own = [Stand(camera, z.name) for z in drawn.zones if z.kind is ZoneKind.TILL]
        tills[camera] = tuple(own) or (Stand(camera, None),)
        for stand in own:
            name = stand.zone or ""
            tills[name] = (*tills.get(name, ()), stand)
    return tills


async def _check_same(tx: Transaction, order: Order) -> None:
    known = await get_order(tx, order.id)
    if known is not None and replace(known, put_ms=order.put_ms) != order:
        raise Refused(
            f"order {order.id} was reported before with another till, time or amount", field="id"
        )


async def _tied(reads: Reads, order_id: str) -> TiedOrder:
    order = await get_order(reads, order_id)
    if order is None:
        raise NotFound(f"there is no order {order_id}", field="id")
    return TiedOrder(order, tuple(await order_tracks(reads, order_id)))
