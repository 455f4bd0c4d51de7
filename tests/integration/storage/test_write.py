"""`Store.write`: a whole transaction in one go, on a thread, beside the other writer."""

import asyncio
import sqlite3
import threading

import pytest

from edge_agent.storage import Store, Transaction
from edge_agent.storage.connection import connect

ADD = "INSERT INTO meta VALUES (?, ?)"


async def keys(store: Store) -> list[str]:
    rows = await store.rows("SELECT key FROM meta WHERE key <> 'epoch' ORDER BY key")
    return [row["key"] for row in rows]


async def test_it_is_written_on_another_thread_and_wakes_who_waits(store: Store) -> None:
    version = store.version("meta")

    async def work(tx: Transaction) -> str:
        assert (await tx.execute(ADD, ("a", "1"))).rowcount == 1
        await tx.execute_many(ADD, [("b", "2"), ("c", "3")])
        assert len(await tx.rows("SELECT * FROM meta WHERE key IN ('a', 'b', 'c')")) == 3
        tx.touch("meta")
        return threading.current_thread().name

    assert (await store.write(work)).startswith("quick-writer")
    assert await keys(store) == ["a", "b", "c"]
    assert store.version("meta") == version + 1


@pytest.mark.parametrize("durable", [True, False])
async def test_work_that_raises_leaves_nothing_and_the_next_one_works(
    store: Store,
    durable: bool,  # noqa: FBT001
) -> None:
    async def fails(tx: Transaction) -> None:
        await tx.execute(ADD, ("a", "1"))
        raise KeyError

    async def wrong(tx: Transaction) -> None:
        await tx.execute("INSERT INTO nowhere VALUES (1)")

    for work, error in ((fails, KeyError), (wrong, sqlite3.OperationalError)):
        with pytest.raises(error):
            await store.write(work, durable=durable)
    await store.write(lambda tx: tx.execute(ADD, ("b", "1")), durable=durable)
    assert await keys(store) == ["b"]


async def test_it_may_await_nothing_but_the_transaction(store: Store) -> None:
    async def waits(tx: Transaction) -> None:
        await tx.execute(ADD, ("a", "1"))
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="nothing but the reads and writes"):
        await store.write(waits)
    assert await keys(store) == []


async def test_both_writers_take_turns(store: Store) -> None:
    async def count(tx: Transaction) -> None:
        rows = await tx.rows("SELECT count(*) FROM meta WHERE key LIKE 'n%'")
        await tx.execute(ADD, (f"n{rows[0][0]:03}", ""))

    async def slowly() -> None:
        async with store.transaction() as tx:
            await count(tx)

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(slowly())
            group.create_task(store.write(count, durable=False))
            group.create_task(store.write(count))
    assert await keys(store) == [f"n{number:03}" for number in range(60)]


async def test_cancelled_once_it_runs_its_end_is_awaited_and_others_are_woken(
    store: Store,
) -> None:
    running, go_on = threading.Event(), threading.Event()

    async def work(tx: Transaction) -> None:
        running.set()
        go_on.wait(30)
        await tx.execute(ADD, ("a", "1"))
        tx.touch("meta")

    version = store.version("meta")
    task = asyncio.get_running_loop().create_task(store.write(work))
    await asyncio.to_thread(running.wait, 30)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert await keys(store) == ["a"]
    assert store.version("meta") == version + 1


async def test_inside_a_transaction_it_is_a_mistake_not_a_deadlock(store: Store) -> None:
    async with store.transaction():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await store.write(lambda tx: tx.execute(ADD, ("a", "1")))


async def test_another_process_with_a_lock_is_waited_for(store: Store) -> None:
    other = connect(store.folder / "edge.db")
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.2, other.execute, "ROLLBACK")
    await store.write(lambda tx: tx.execute(ADD, ("a", "1")))
    other.close()
    assert await keys(store) == ["a"]


async def test_what_was_not_durable_is_there_for_the_next_who_opens(store: Store) -> None:
    await store.write(lambda tx: tx.execute(ADD, ("a", "1")), durable=False)
    other = connect(store.folder / "edge.db", read_only=True)
    assert other.execute("SELECT value FROM meta WHERE key = 'a'").fetchone()["value"] == "1"
    other.close()
