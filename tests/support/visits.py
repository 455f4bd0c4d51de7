"""Services around visits over a store, for a shop of two cameras and one till."""

from edge_agent.commands.visits import VisitOperations
from edge_agent.domain.place import Places, Zone, ZoneKind
from edge_agent.runtime.clock import Clock
from edge_agent.storage.store import Store
from edge_agent.tasks import OrderOptions, Orders

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


def visit_operations(store: Store, clock: Clock) -> VisitOperations:
    """Operations of that shop."""
    return VisitOperations(orders(store, clock))
