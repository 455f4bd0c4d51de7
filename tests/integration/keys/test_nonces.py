"""What was signed once is not done twice, not even after a restart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.domain.access_key import Rate
from edge_agent.domain.errors import Busy
from edge_agent.keys import NonceOptions, Nonces
from edge_agent.storage import Store
from tests.support.clocks import SetClock

RATE = Rate(per_second=100.0, burst=100)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def store(tmp_path: Path, clock: SetClock) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=clock) as opened:
        yield opened


async def test_a_nonce_counts_once_per_key_until_its_time_has_passed(
    store: Store, clock: SetClock
) -> None:
    nonces = Nonces(store, NonceOptions(rate=RATE, keep_ms=1000), clock)
    assert nonces.use("a", "n")
    assert not nonces.use("a", "n")
    assert nonces.use("b", "n")
    clock.pass_by(1)
    assert not nonces.use("a", "n")
    clock.pass_by(0.001)
    assert nonces.use("a", "n")


async def test_a_restart_forgets_nothing_that_was_written(store: Store, clock: SetClock) -> None:
    before = Nonces(store, NonceOptions(rate=RATE, keep_ms=1000), clock)
    assert before.use("a", "\ud800" + "n" * 10_000)
    await before.write()
    clock.pass_by(0.6)
    assert before.use("a", "m")
    await before.write()
    await before.write()
    after = Nonces(store, NonceOptions(rate=RATE, keep_ms=1000), clock)
    await after.load()
    assert not after.use("a", "\ud800" + "n" * 10_000)
    assert not after.use("a", "m")
    clock.pass_by(0.6)
    assert after.use("a", "k")
    await after.write()
    assert len(await store.rows("SELECT * FROM nonce")) == 2


async def test_a_key_holds_as_many_as_its_pace_allows(store: Store, clock: SetClock) -> None:
    slow = Rate(per_second=1.0, burst=1)
    nonces = Nonces(store, NonceOptions(rate=slow, keep_ms=1000), clock)
    assert nonces.use("a", "1")
    assert nonces.use("a", "2")
    with pytest.raises(Busy):
        nonces.use("a", "3")
    assert not nonces.use("a", "2")
    assert nonces.use("b", "1")
    assert nonces.use("a", "3", Rate(per_second=2.0, burst=1))
    clock.pass_by(2)
    assert nonces.use("a", "4")


async def test_a_key_that_asks_a_lot_keeps_no_other_out(store: Store, clock: SetClock) -> None:
    nonces = Nonces(store, NonceOptions(rate=RATE, most=10), clock)
    for number in range(10):
        assert nonces.use("busy", str(number))
    with pytest.raises(Busy):
        nonces.use("busy", "more")
    for number in range(5):
        assert nonces.use("quiet", str(number))
    with pytest.raises(Busy):
        nonces.use("quiet", "more than an equal share")


def test_room_is_made_for_a_key_at_its_full_pace() -> None:
    options = NonceOptions(rate=Rate(per_second=200.0, burst=400))
    assert options.room(None) == 200 * 30 * 60 + 400
    assert options.room(Rate(per_second=0.5, burst=1)) == 901
