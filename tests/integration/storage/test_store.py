"""Transactions: whole or not at all, one at a time, whoever is cancelled."""

import asyncio
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.storage import Store
from tests.integration.storage.builders import SetClock

ADD = "INSERT INTO meta VALUES (?, ?)"


async def keys(store: Store) -> list[str]:
    rows = await store.rows("SELECT key FROM meta WHERE key <> 'epoch' ORDER BY key")
    return [row["key"] for row in rows]


async def test_what_was_committed_is_read_back(store: Store) -> None:
    async with store.transaction() as tx:
        result = await tx.execute(ADD, ("a", "1"))
        assert result.rowcount == 1
        assert len(await tx.rows("SELECT * FROM meta WHERE key = ?", ("a",))) == 1
        assert await keys(store) == []  # nobody else sees it yet
    assert await keys(store) == ["a"]


async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with suppress(KeyError):
        async with store.transaction() as tx:
            await tx.execute(ADD, ("a", "1"))
            raise KeyError
    assert await keys(store) == []


async def test_a_block_that_is_cancelled_leaves_nothing_and_the_next_one_works(
    store: Store,
) -> None:
    inside = asyncio.Event()

    async def stuck() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, ("a", "1"))
            inside.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(stuck())
        await inside.wait()
        task.cancel()
    assert task.cancelled()
    async with store.transaction() as tx:
        await tx.execute(ADD, ("b", "1"))
    assert await keys(store) == ["b"]


async def test_cancelled_at_any_step_a_transaction_is_whole_or_absent(store: Store) -> None:
    async def write(name: str) -> None:
        async with store.transaction() as tx:
            for part in range(3):
                await tx.execute(ADD, (f"{name}.{part}", ""))

    for steps in range(60):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(write(f"{steps:02}"))
            for _ in range(steps):
                await asyncio.sleep(0.0001)
            task.cancel()
        async with store.transaction() as tx:
            await tx.execute("DELETE FROM meta WHERE key = 'none'")
        written = [key for key in await keys(store) if key.startswith(f"{steps:02}.")]
        assert len(written) in (0, 3)
        assert len(written) == 3 or task.cancelled()


async def test_cancelled_while_committing_the_end_of_the_commit_is_awaited(store: Store) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, ("a", "1"))
            tx.touch("meta")
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().call_soon(task.cancel)  # reaches it inside the commit

    async with asyncio.TaskGroup() as group:
        task = group.create_task(write())
    assert task.cancelled()
    assert await keys(store) == ["a"]
    assert store.version("meta") == 1


async def test_transactions_of_many_tasks_do_not_interleave(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.execute(ADD, ("n", "0"))

    async def count_up(*, fail: bool) -> None:
        async with store.transaction() as tx:
            rows = await tx.rows("SELECT value FROM meta WHERE key = 'n'")
            await asyncio.sleep(0)
            await tx.execute(
                "UPDATE meta SET value = ? WHERE key = 'n'", (str(int(rows[0][0]) + 1),)
            )
            if fail:
                raise KeyError

    outcomes = await asyncio.gather(
        *(count_up(fail=number % 3 == 0) for number in range(60)), return_exceptions=True
    )
    assert sum(isinstance(outcome, KeyError) for outcome in outcomes) == 20
    assert (await store.rows("SELECT value FROM meta WHERE key = 'n'"))[0][0] == "40"


async def test_a_transaction_inside_a_transaction_is_a_mistake_not_a_deadlock(store: Store) -> None:
    async with store.transaction():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            async with store.transaction():
                pass


async def test_an_ended_transaction_refuses_to_write(store: Store) -> None:
    async with store.transaction() as tx:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        await tx.execute(ADD, ("late", ""))


async def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(Unavailable, match="readonly"):
        await store.rows("DELETE FROM meta RETURNING key")
    assert len(await store.rows("SELECT * FROM meta")) == 1


async def test_who_waits_for_a_table_is_woken_by_the_commit_only(store: Store) -> None:
    seen = store.version("job")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(store.changed("job", seen))
        with suppress(KeyError):
            async with store.transaction() as tx:
                tx.touch("job")
                raise KeyError
        await asyncio.sleep(0)
        assert not waiting.done()
        async with store.transaction() as tx:
            tx.touch("job", "hit")
    assert waiting.result() == seen + 1
    assert await store.changed("job", seen) == seen + 1  # at once: it has changed since


async def test_every_writer_is_durable_and_overwrites_what_it_deletes(store: Store) -> None:
    pragmas = ("journal_mode", "synchronous", "secure_delete")
    async with store.transaction() as tx:
        values = [(await tx.rows(f"PRAGMA {pragma}"))[0][0] for pragma in pragmas]
    assert values == ["wal", 2, 1]


async def test_a_second_opener_is_refused(store: Store, clock: SetClock) -> None:
    with pytest.raises(Unusable, match="another edge-agent"):
        await Store.open(store.folder, clock=clock)


async def test_the_state_is_private(store: Store) -> None:
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


async def test_closed_and_opened_again_it_is_the_same(tmp_path: Path, clock: SetClock) -> None:
    async with await Store.open(tmp_path / "s", clock=clock) as store:
        epoch = store.epoch
        async with store.transaction() as tx:
            await tx.execute(ADD, ("a", "1"))
    await store.close()  # once more is no harm
    async with await Store.open(tmp_path / "s", clock=clock) as store:
        assert await keys(store) == ["a"]
        assert store.epoch == epoch
        assert store.alarms == []


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, clock: SetClock) -> None:
    async with await Store.open(tmp_path / "s", clock=clock) as store, store.transaction() as tx:
        await tx.execute("INSERT INTO migration VALUES ('9999_later.sql', '', 0)")
    with pytest.raises(Unusable, match=r"newer edge-agent .*9999_later"):
        await Store.open(tmp_path / "s", clock=clock)


async def test_a_database_made_by_other_migrations_is_refused(
    tmp_path: Path, clock: SetClock
) -> None:
    async with await Store.open(tmp_path / "s", clock=clock) as store, store.transaction() as tx:
        await tx.execute("UPDATE migration SET sha256 = 'x'")
    with pytest.raises(Unusable, match="another 0001_first"):
        await Store.open(tmp_path / "s", clock=clock)
