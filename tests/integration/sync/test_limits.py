"""An outbox that nobody empties stays within its limits."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.domain.event import EventKind
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.outbox import append_event, events_after
from edge_agent.storage.store import Store
from edge_agent.sync.limits import OutboxLimits
from edge_agent.sync.options import SyncOptions

NOW = SystemClock().now_ms()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path, clock=SystemClock())
    yield opened
    await opened.close()


async def fill(store: Store, *ages_s: float) -> None:
    async with store.transaction() as tx:
        for number, age in enumerate(ages_s):
            at_ms = NOW - int(age * 1000)
            await append_event(tx, EventKind.BOX_ALARM, {"text": "x" * 90}, at_ms, f"e{number}")


def limits(store: Store, options: SyncOptions) -> OutboxLimits:
    return OutboxLimits(store, options, clock=SystemClock(), counters=Counters())


async def kept(store: Store) -> list[int]:
    return [row.seq for row in await events_after(store, 0, 100)]


async def test_what_is_too_old_goes_and_the_rest_stays(store: Store) -> None:
    await fill(store, 9000, 8000, 10, 5)
    await limits(store, SyncOptions(keep_age=3600)).keep(by_age=True)
    assert await kept(store) == [3, 4]


async def test_age_does_not_count_while_a_broker_may_take_it(store: Store) -> None:
    await fill(store, 9000, 10)
    await limits(store, SyncOptions(keep_age=3600)).keep(by_age=False)
    assert await kept(store) == [1, 2]


async def test_what_is_too_much_goes(store: Store) -> None:
    await fill(store, 3, 2, 1)
    await limits(store, SyncOptions(keep_size=50)).keep(by_age=False)
    assert await kept(store) == []


async def test_within_the_limits_nothing_goes(store: Store) -> None:
    await fill(store, 3, 2, 1)
    await limits(store, SyncOptions()).keep(by_age=True)
    assert await kept(store) == [1, 2, 3]
