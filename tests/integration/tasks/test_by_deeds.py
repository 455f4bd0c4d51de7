"""Investigations by what tracks did and which receipts they are tied to."""

from collections.abc import Collection

import pytest

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.order import Order
from edge_agent.domain.risk_task import RiskCriteria, WantedAction
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.actions import add_action
from edge_agent.tasks import NewTask
from tests.integration.tasks.conftest import Office, picture_of
from tests.support.visits import orders

STAY, TILL, CROSS = ActionType.STAY, ActionType.TILL, ActionType.CROSS


async def did(
    office: Office, track: str, kind: ActionType, place: str = "shelf", at_ms: int = 1_500
) -> None:
    action = Action(
        id=f"{track}-{kind}-{place}-{at_ms}", track=track, type=kind, place=place, at_ms=at_ms
    )
    async with office.store.transaction() as tx:
        await add_action(tx, action)


async def bought(office: Office, track: str, order: str) -> None:
    """Tie a track to a receipt, as is done when both are known."""
    async with office.store.transaction() as tx:
        await tx.execute("INSERT OR IGNORE INTO order_track VALUES (?, ?)", (order, track))
        tx.touch("order_track")


def wanted(*actions: tuple[ActionType, str | None]) -> frozenset[WantedAction]:
    return frozenset(WantedAction(type=kind, place=place) for kind, place in actions)


@pytest.mark.parametrize(
    ("criteria", "members"),
    [
        (RiskCriteria(actions=wanted((STAY, None))), {"a", "b"}),
        (RiskCriteria(actions=wanted((STAY, "shelf"))), {"a"}),
        (RiskCriteria(actions=wanted((STAY, "nowhere"), (CROSS, None))), {"c"}),
        (RiskCriteria(actions=wanted((STAY, None)), cameras=frozenset({"till"})), {"b"}),
        # the track is in that time, and what it did is not
        (RiskCriteria(actions=wanted((STAY, None)), start_ms=1_800), set()),
        (RiskCriteria(actions=wanted((STAY, None)), end_ms=1_500), set()),
        (RiskCriteria(orders=frozenset({"r1", "unknown"})), {"a", "c"}),
        (RiskCriteria(orders=frozenset({"r1"}), actions=wanted((CROSS, "door"))), {"c"}),
        (RiskCriteria(orders=frozenset({"r2"})), set()),
    ],
)
async def test_stored_tracks_that_meet_all_of_it(
    office: Office, criteria: RiskCriteria, members: Collection[str]
) -> None:
    for track, camera in (("a", "door"), ("b", "till"), ("c", "door"), ("idle", "door")):
        await office.saw(track, 7, camera=camera)
    await did(office, "a", STAY)
    await did(office, "b", STAY, "fridge")
    await did(office, "c", CROSS, "door")
    await bought(office, "a", "r1")
    await bought(office, "c", "r1")
    task = await office.tasks.create(NewTask(criteria=criteria), asker="test")
    assert task.criteria == criteria
    assert await office.members(task) == members


async def test_what_is_done_and_tied_later_brings_a_track_in(office: Office) -> None:
    criteria = RiskCriteria(actions=wanted((TILL, "counter")), orders=frozenset({"r7"}))
    async with office.at_work():
        task = await office.tasks.create(NewTask(criteria=criteria), asker="test")
        await office.saw("a", 7)
        await office.saw("b", 8)
        await did(office, "a", TILL, "counter")
        await did(office, "b", TILL, "counter")
        await office.tasks.keep_up()
        assert await office.members(task) == set()
        await bought(office, "b", "r7")
        await office.joined(task, "b")
        await bought(office, "a", "r7")
        await office.joined(task, "a", "b")


async def test_looks_and_deeds_together(office: Office) -> None:
    criteria = RiskCriteria(actions=wanted((STAY, "shelf")))
    for track, who in (("stored", 7), ("idle", 7), ("other", 9)):
        await office.saw(track, who)
    await did(office, "stored", STAY)
    await did(office, "other", STAY)
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7), criteria))
        assert await office.members(task) == {"stored"}
        await did(office, "idle", STAY)
        await office.joined(task, "stored", "idle")


async def test_whoever_stood_at_the_till_comes_in_when_the_receipt_does(office: Office) -> None:
    till = orders(office.store, SystemClock())
    criteria = RiskCriteria(orders=frozenset({"r9"}))
    await office.saw("first", 7, camera="till")
    await office.saw("elsewhere", 7, camera="door")
    async with office.at_work():
        task = await office.tasks.create(NewTask(criteria=criteria), asker="test")
        await till.put(Order(id="r9", till="till", at_ms=1_500, amount=None, put_ms=0))
        await office.joined(task, "first")
        await office.saw("second", 8, camera="till")
        assert await till.keep_up() == 1
        await office.joined(task, "first", "second")
