"""Services around visits over a store, for a shop of two cameras and one till."""

from collections.abc import Collection

from edge_agent.audit import AuditLog
from edge_agent.commands.visits import VisitOperations
from edge_agent.domain.detection import Floats
from edge_agent.domain.place import Places, Zone, ZoneKind
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.store import Store
from edge_agent.tasks import (
    Likenesses,
    LinkingOptions,
    OrderOptions,
    Orders,
    SessionOptions,
    Sessions,
    Staff,
    StaffOptions,
    WatchListOptions,
    WatchLists,
)
from edge_agent.text_search import Likenesses as Described
from edge_agent.text_search import TextSearches, TextSearchOptions
from edge_agent.words import KnownPlace, Reader

COUNTER = Zone(
    name="counter",
    kind=ZoneKind.TILL,
    corners=((0, 0), (1, 0), (1, 1), (0, 1)),
    stay_after_ms=3000,
)
PLACES = {"hall": Places(zones=(COUNTER,)), "door": Places(), "till": Places()}
"""Camera `hall` sees the counter; `till` is a camera whose whole picture is one."""


def orders(store: Store, clock: Clock) -> Orders:
    """Orders of that shop."""
    return Orders(store, PLACES, OrderOptions(), clock)


def sessions(store: Store, clock: Clock, link: LinkingOptions | None = None) -> Sessions:
    """Visits of that shop."""
    options = SessionOptions(
        thresholds={Part.FACE: 0.5, Part.BODY: 0.6}, link=link or LinkingOptions()
    )
    return Sessions(store, options, clock)


def staff(store: Store, clock: Clock, likenesses: Likenesses) -> Staff:
    """The list of that shop."""
    return Staff(store, likenesses, StaffOptions(most=3, most_faces=4), clock)


def watchlists(store: Store, clock: Clock, likenesses: Likenesses) -> WatchLists:
    """The watch lists of that shop."""
    return WatchLists(
        store, likenesses, WatchListOptions(most_lists=3, most=3, most_faces=4), clock
    )


def visit_operations(store: Store, clock: Clock) -> VisitOperations:
    """Operations of that shop."""
    return VisitOperations(orders(store, clock), sessions(store, clock), AuditLog(store, clock))


class NoWords:
    """Eyes without an image-text model."""

    class Info:
        """Says so."""

        image_text_model: str | None = None
        described = (0.0, 1.0)

    info = Info()

    async def embed_text(self, text: str) -> Floats | None:
        """None."""
        del text
        return None


def no_likenesses() -> Described:
    """Nothing that texts are held against."""
    return Described(VectorIndex(), OneThread("index"), NoWords())


def text_searches(
    store: Store,
    clock: Clock,
    told: Collection[str],
    options: TextSearchOptions | None = None,
    likenesses: Described | None = None,
) -> TextSearches:
    """Questions in words to that shop, which lies in Shanghai."""
    places = [KnownPlace(camera=camera) for camera in PLACES]
    counter = KnownPlace(camera="hall", zone=COUNTER.name, kind=COUNTER.kind.value)
    return TextSearches(
        store,
        likenesses or no_likenesses(),
        Reader([*places, counter], "Asia/Shanghai"),
        told=told,
        cameras=PLACES,
        options=options or TextSearchOptions(),
        clock=clock,
        counters=Counters(),
    )
