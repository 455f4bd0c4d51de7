"""The outbox: no gaps, and no row leaves before everybody has it."""

from contextlib import suppress

import pytest

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Reply
from edge_agent.storage import Store
from edge_agent.storage.outbox import (
    acknowledge,
    append_event,
    append_reply,
    consumers,
    drop_reply,
    events_after,
    lapse,
    last_seq,
    outbox_size,
    release,
    release_through,
    replies_after,
    set_consumers,
    welcome_back,
)


async def append(store: Store, count: int) -> list[int]:
    start = await last_seq(store)
    async with store.transaction() as tx:
        return [
            await append_event(tx, EventKind.CAMERA_UP, {"n": n}, n, f"e{n}")
            for n in range(start + 1, start + 1 + count)
        ]


async def seqs(store: Store) -> list[int]:
    return [row.seq for row in await events_after(store, 0, 1000)]


async def test_seq_has_no_gaps_whatever_is_rolled_back(store: Store) -> None:
    assert await last_seq(store) == 0
    assert await append(store, 2) == [1, 2]
    with suppress(KeyError):
        async with store.transaction() as tx:
            await append_event(tx, EventKind.CAMERA_UP, {}, 0, "lost")
            raise KeyError
    assert await append(store, 2) == [3, 4]
    rows = await events_after(store, 2, 1)
    assert [(row.seq, row.epoch, row.kind, row.data) for row in rows] == [
        (3, store.epoch, "camera.up", {"n": 3})
    ]


async def test_a_row_leaves_only_after_every_consumer_has_it(store: Store) -> None:
    async with store.transaction() as tx:
        await set_consumers(tx, ["a", "b"], 0)
    await append(store, 5)
    async with store.transaction() as tx:
        await acknowledge(tx, "a", 5, 10)
        assert await release(tx) == 0
        await acknowledge(tx, "b", 3, 11)
        assert await release(tx) == 3
        await acknowledge(tx, "b", 2, 12)  # late and older: changes nothing
    assert await seqs(store) == [4, 5]
    assert [(each.name, each.acked_seq, each.heard_ms) for each in await consumers(store)] == [
        ("a", 5, 10),
        ("b", 3, 12),
    ]


async def test_numbers_of_released_rows_are_never_given_again(store: Store) -> None:
    async with store.transaction() as tx:
        await set_consumers(tx, ["a"], 0)
    await append(store, 3)
    async with store.transaction() as tx:
        await acknowledge(tx, "a", 3, 1)
        await release(tx)
    assert await seqs(store) == []
    assert await append(store, 1) == [4]


async def test_acknowledgements_of_nothing_and_of_nobody_are_refused(store: Store) -> None:
    async with store.transaction() as tx:
        await set_consumers(tx, ["a"], 0)
    await append(store, 1)
    for name, seq, wrong in (("a", 2, Refused), ("a", -1, Refused), ("x", 1, NotFound)):
        with pytest.raises(wrong):
            async with store.transaction() as tx:
                await acknowledge(tx, name, seq, 1)


async def test_a_lapsed_consumer_is_not_waited_for_and_learns_what_it_missed(store: Store) -> None:
    async with store.transaction() as tx:
        await set_consumers(tx, ["gone", "here"], 0)
    await append(store, 6)
    async with store.transaction() as tx:
        await acknowledge(tx, "gone", 1, 1)
        await acknowledge(tx, "here", 3, 1)
        assert await release(tx) == 1
        await lapse(tx, "gone")
        assert await release(tx) == 2
        await acknowledge(tx, "here", 4, 1)
        assert await release(tx) == 1
        assert await welcome_back(tx, "gone") == (2, 4)
        assert await welcome_back(tx, "gone") is None
        await acknowledge(tx, "here", 6, 1)
        assert await release(tx) == 0  # it is waited for again
    gone, here = await consumers(store)
    assert (gone.acked_seq, gone.lapsed, gone.gap) == (4, False, None)
    assert here.acked_seq == 6
    assert await seqs(store) == [5, 6]


async def test_where_all_have_lapsed_everything_goes(store: Store) -> None:
    async with store.transaction() as tx:
        await set_consumers(tx, ["gone"], 0)
    await append(store, 4)
    async with store.transaction() as tx:
        await lapse(tx, "gone")
        assert await release(tx) == 4
        assert await welcome_back(tx, "gone") == (1, 4)


async def test_without_consumers_rows_wait_for_the_broker(store: Store) -> None:
    await append(store, 3)
    async with store.transaction() as tx:
        assert await release(tx) == 0
        assert await release_through(tx, 2) == 2
    assert await seqs(store) == [3]


async def test_a_new_consumer_gets_what_is_still_there_and_a_dropped_one_is_not_waited_for(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        await set_consumers(tx, ["old"], 0)
    await append(store, 4)
    async with store.transaction() as tx:
        await acknowledge(tx, "old", 2, 1)
        await release(tx)
        await set_consumers(tx, ["new"], 5)
    assert [(each.name, each.acked_seq) for each in await consumers(store)] == [("new", 2)]
    async with store.transaction() as tx:
        await release_through(tx, 4)
        await set_consumers(tx, ["new", "newer"], 6)
    assert [each.acked_seq for each in await consumers(store)] == [2, 4]


async def test_the_size_of_the_outbox(store: Store) -> None:
    assert await outbox_size(store) == (0, 0, None)
    await append(store, 2)
    assert await outbox_size(store) == (2, len('{"n": 1}{"n": 2}'), 1)


async def test_replies_wait_in_order_until_they_are_taken(store: Store) -> None:
    async with store.transaction() as tx:
        await append_reply(tx, Reply(topic="a", correlation=b"\xff"), {"ok": True}, 1)
        await append_reply(tx, Reply(topic="b"), {"ok": False}, 2)
    first, second = await replies_after(store, 0, 10)
    assert first.reply == Reply(topic="a", correlation=b"\xff")
    assert (second.reply, second.body, second.at_ms) == (Reply(topic="b"), {"ok": False}, 2)
    async with store.transaction() as tx:
        await drop_reply(tx, first.id)
    assert await replies_after(store, 0, 10) == [second]


async def test_what_a_row_mentions_is_forgotten_with_it(store: Store) -> None:
    async with store.transaction() as tx:
        for seq in (1, 2):
            data = {"track": new_id(seq), "pictures": [f"/media/pictures/{new_id(seq)}?k=1"]}
            await append_event(tx, EventKind.TRACK_ENDED, data, seq, f"e{seq}")
        await append_reply(tx, Reply(topic="a"), {"job": new_id(3)}, 1)
    assert len(await store.rows("SELECT * FROM mention")) == 5
    async with store.transaction() as tx:
        await release_through(tx, 1)
        await drop_reply(tx, 1)
    rows = await store.rows("SELECT DISTINCT place, row FROM mention")
    assert [tuple(row) for row in rows] == [("outbox", "e2")]
