"""Actions, orders and visits as rows, and that they go with their tracks."""

import pytest

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.ids import new_id
from edge_agent.domain.worn import Worn
from edge_agent.storage import Store
from edge_agent.storage.actions import actions_of, add_action
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.orders import orders_of
from edge_agent.storage.sessions import sessions_of
from edge_agent.storage.tracks import save_track
from edge_agent.storage.worn import forget_worn, save_worn, worn_by
from tests.integration.storage.builders import NOON_MS, a_track

FIRST, SECOND = new_id(NOON_MS), new_id(NOON_MS)


def an_action(track: str, at_ms: int = NOON_MS, kind: ActionType = ActionType.ENTER) -> Action:
    return Action(
        id=new_id(at_ms), track=track, type=kind, place="门口", at_ms=at_ms, extra={"how": "walked"}
    )


async def visit(store: Store) -> None:
    """Two tracks of one visit, tied to one order and taken apart from a third."""
    async with store.transaction() as tx:
        await save_track(tx, a_track(FIRST, start_ms=NOON_MS, length_ms=1000))
        await save_track(tx, a_track(SECOND, start_ms=NOON_MS + 5000, length_ms=1000))
        await tx.execute(
            "INSERT INTO session VALUES ('s', ?, ?, 0.5, 0)", (NOON_MS, NOON_MS + 6000)
        )
        for track, confidence in ((FIRST, 1.0), (SECOND, 0.5)):
            await tx.execute(
                "INSERT INTO session_track VALUES (?, 's', 'machine', ?, 0)", (track, confidence)
            )
            await tx.execute("INSERT INTO order_track VALUES ('r-1', ?)", (track,))
        for pair in ((FIRST, "third"), ("third", FIRST)):
            await tx.execute("INSERT INTO session_apart VALUES (?, ?)", pair)
        await tx.execute("INSERT INTO customer_order VALUES ('r-1', 'till', ?, '9.90', 0)", (1,))


async def test_an_action_is_written_once(store: Store) -> None:
    later, first = an_action(FIRST, NOON_MS + 5), an_action(FIRST)
    async with store.transaction() as tx:
        assert [await add_action(tx, each) for each in (later, first, later)] == [True, True, False]
    assert await actions_of(store, [FIRST, SECOND]) == {FIRST: (first, later)}


async def test_what_a_track_belongs_to_is_read_with_it(store: Store) -> None:
    await visit(store)
    assert await orders_of(store, [FIRST, "nobody"]) == {FIRST: ("r-1",)}
    assert await sessions_of(store, [FIRST, SECOND, "nobody"]) == {FIRST: "s", SECOND: "s"}


async def test_forgetting_a_track_takes_it_out_of_everything(store: Store) -> None:
    await visit(store)
    async with store.transaction() as tx:
        await add_action(tx, an_action(FIRST))
        for track in (FIRST, SECOND):
            await save_worn(tx, track, [Worn("upper", "red", 0.5)])
        await forget_tracks(tx, [FIRST])
    assert await worn_by(store, [FIRST, SECOND]) == {SECOND: (Worn("upper", "red", 0.5),)}
    assert await actions_of(store, [FIRST]) == {}
    assert await orders_of(store, [FIRST, SECOND]) == {SECOND: ("r-1",)}
    assert await store.rows("SELECT * FROM session_apart") == []
    session = (await store.rows("SELECT * FROM session"))[0]
    assert (session["start_ms"], session["end_ms"]) == (NOON_MS + 5000, NOON_MS + 6000)
    async with store.transaction() as tx:
        await forget_tracks(tx, [SECOND])
    assert await store.rows("SELECT * FROM session") == []


async def test_what_is_said_last_of_an_attribute_counts_and_one_can_be_forgotten(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        await save_worn(tx, FIRST, [Worn("presents", "man", 0.6), Worn("upper", "red", 0.5)])
        await save_worn(tx, FIRST, [Worn("upper", "blue", 0.7), Worn("hat", "no", 0.9)])
        assert await forget_worn(tx, "presents") == 1
    assert await worn_by(store, [FIRST]) == {
        FIRST: (Worn("hat", "no", 0.9), Worn("upper", "blue", 0.7))
    }


@pytest.mark.parametrize("near", [True, False])
async def test_tracks_near_an_order_are_noted_for_it(store: Store, near: bool) -> None:  # noqa: FBT001
    at_ms = NOON_MS if near else NOON_MS - 5 * 3_600_000
    async with store.transaction() as tx:
        await tx.execute("INSERT INTO customer_order VALUES ('r', 'till', ?, NULL, 0)", (at_ms,))
        await save_track(tx, a_track(FIRST, start_ms=NOON_MS))
        await save_track(tx, a_track(FIRST, start_ms=NOON_MS, length_ms=9000))
        await add_action(tx, an_action(SECOND, NOON_MS, ActionType.TILL))
    noted = {row["track"] for row in await store.rows("SELECT track FROM order_news")}
    assert noted == ({FIRST, SECOND} if near else set())
