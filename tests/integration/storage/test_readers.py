"""Reading a moment at once: on the event loop, or on a thread where the disk is slow."""

import asyncio
import threading

import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.storage import Reads, Store, readers

ADD = "INSERT INTO meta (key, value) VALUES (?, ?)"


async def counted(reads: Reads) -> tuple[int, str]:
    rows = await reads.rows("SELECT count(*) FROM meta")
    return int(rows[0][0]), threading.current_thread().name


async def test_what_is_read_at_once_is_of_one_moment(store: Store) -> None:
    async def fails(reads: Reads) -> None:
        await counted(reads)
        raise KeyError

    assert (await store.at_once(counted)) == (1, "MainThread")
    async with store.transaction() as tx:
        await tx.execute(ADD, ("a", ""))
        assert (await store.at_once(counted))[0] == 1  # nothing is seen before its commit
    assert (await store.at_once(counted))[0] == 2
    with pytest.raises(KeyError):
        await store.at_once(fails)
    assert (await store.at_once(counted))[0] == 2  # and a failure leaves nothing open


async def test_it_cannot_write(store: Store) -> None:
    async def write(reads: Reads) -> None:
        await reads.rows("DELETE FROM meta RETURNING key")

    with pytest.raises(Unavailable, match="readonly"):
        await store.at_once(write)


async def test_it_may_wait_for_nothing_else(store: Store) -> None:
    async def wait(_: Reads) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="nothing but the reads"):
        await store.at_once(wait)


async def test_a_slow_disk_sends_reads_to_the_threads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = iter(range(100))
    monkeypatch.setattr(readers, "_blocks_read", lambda: next(blocks))
    monkeypatch.setattr(readers, "SLOW_S", 0.0)
    monkeypatch.setattr(readers, "AWAY_S", 0.2)
    assert (await store.at_once(counted))[1] == "MainThread"
    assert (await store.at_once(counted))[1].startswith("reader")
    await asyncio.sleep(0.25)
    assert (await store.at_once(counted))[1] == "MainThread"
