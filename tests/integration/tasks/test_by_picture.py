"""Investigations by picture: found, kept up with, and forgotten."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from typing_extensions import override

from edge_agent.domain.errors import Busy, NotFound, Refused
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import (
    Likeness,
    RiskCriteria,
    RiskTask,
    RiskTaskState,
    TaskSearchState,
)
from edge_agent.domain.vector import StoredVector
from edge_agent.search import SearchOptions
from edge_agent.search.likenesses import Likenesses
from edge_agent.storage import Transaction
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.outbox import events_after
from edge_agent.tasks import Change, NewTask
from edge_agent.vision import PackInfo
from tests.integration.tasks.conftest import BODY, FACE, Office, asked, picture_of
from tests.support.painted import PaintedEyes, vector_of
from tests.support.remembering import Box

OPEN, CLOSED = RiskTaskState.OPEN, RiskTaskState.CLOSED
COMPLETE, RUNNING = TaskSearchState.COMPLETE, TaskSearchState.RUNNING
NEEDED = TaskSearchState.PICTURE_NEEDED


async def kept(office: Office, table: str) -> list[dict[str, Any]]:
    rows = await office.store.rows(f"SELECT * FROM {table}")  # noqa: S608 - the test's own names
    return [dict(row) for row in rows]


async def test_a_task_has_who_looks_like_that_and_meets_the_rest(office: Office) -> None:
    await office.saw("t1", 7, 0.8)
    await office.saw("other", 9)
    await office.saw("elsewhere", 7, camera="till")
    await office.saw("late", 7, start_ms=5_000, end_ms=6_000)
    await office.saw("across", 7, 0.7, start_ms=500, end_ms=4_500, at_ms=4_400)
    criteria = RiskCriteria(start_ms=900, end_ms=3_000, cameras=frozenset({"door"}))
    async with office.at_work():
        task = await office.create(picture_of(7), criteria)
        assert task.search is not None
        assert (task.search.state, task.tracks) == (TaskSearchState.WAITING, 0)
        task = await office.ended(task)
    assert task.search is not None
    assert (task.search.state, task.search.people) == (COMPLETE, 1)
    assert await office.members(task) == {"t1", "across"}


async def test_only_vectors_are_kept_and_only_its_sum_is_audited(office: Office) -> None:
    picture = picture_of(7)
    async with office.at_work():
        task = await office.ended(await office.create(picture, threshold=0.9))
    (row,) = await kept(office, "risk_picture")
    assert (row["picture"], row["url"], row["task"]) == (None, None, task.id)
    vectors = await kept(office, "risk_picture_vector")
    assert {(one["part"], one["model"]) for one in vectors} == {
        ("face", "painted/face@00000001"),
        ("body", "painted/body@00000001"),
    }
    (entry,) = await kept(office, "audit")
    told = json.loads(entry["detail"])["looks"]
    assert told["picture_sha256"] == hashlib.sha256(picture).hexdigest()
    assert told["threshold"] == 0.9
    (event,) = await events_after(office.store, 0, 10)
    assert event.data == {
        "job": task.id, "kind": "risk-task", "state": "succeeded", "hit_count": 0, "people": 1,
        "pack": "painted", "error": None,
    }  # fmt: skip
    await office.tasks.delete(task.id, asker="test")
    assert await kept(office, "risk_picture") == await kept(office, "risk_picture_vector") == []


async def test_a_task_finds_more_than_any_search_would_show(office: Office) -> None:
    office.box.options = SearchOptions(most_candidates=5, most_hits=5)
    office = Office(office.box)
    seen = {f"t{number}" for number in range(30)}
    for track in seen:
        await office.saw(track, 7, 0.9)
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7)))
    assert await office.members(task) == seen


async def test_everybody_in_the_picture_counts_unless_a_region_decides(office: Office) -> None:
    await office.saw("t7", 7)
    await office.saw("t9", 9)
    await office.saw("t5", 5)
    async with office.at_work():
        both = await office.ended(await office.create(picture_of(7, 9)))
        face = (60.0, 60.0, 140.0, 200.0)
        one = await office.ended(await office.create(picture_of(7, 9), region=face))
    assert both.search is not None
    assert both.search.people == 2
    assert await office.members(both) == {"t7", "t9"}
    assert await office.members(one) == {"t7"}


async def test_tracks_come_in_as_they_are_remembered_until_it_is_closed(office: Office) -> None:
    await office.saw("before", 7)
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7)))
        await office.saw("new", 7, 0.8)
        await office.saw("another", 9)
        await office.joined(task, "before", "new")
        task = await office.tasks.change(task.id, Change(state=CLOSED), asker="test")
        task = await office.ended(task)
        await office.saw("missed", 7, start_ms=2_000_000_000_000, end_ms=2_000_000_001_000)
        await office.tasks.keep_up()
        assert await office.members(task) == {"before", "new"}
        await office.tasks.change(task.id, Change(state=OPEN), asker="test")
        await office.joined(task, "before", "new", "missed")


async def test_somebody_who_is_seen_better_later_comes_in_then(office: Office) -> None:
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7), threshold=0.7))
        await office.saw("t1", 7, 0.5)
        await office.saw("faceless", 7, 0.1)
        await office.tasks.keep_up()
        assert await office.members(task) == set()
        await office.saw_better("t1", {FACE: vector_of(FACE, 7, 0.9)})
        await office.saw_better("faceless", {BODY: vector_of(BODY, 7, 0.9)})
        await office.saw("stranger", 8)  # wakes the watch, as every update of a track does
        await office.joined(task, "t1", "faceless")


class Interrupting(Likenesses):
    """The real ones; while they compare, memory writes a better vector of a track."""

    office: Office
    left = 1

    @override
    async def alike(
        self,
        wanted: Mapping[str, tuple[Likeness, PictureQuestion]],
        vectors: Sequence[StoredVector],
    ) -> dict[str, frozenset[str]]:
        if self.left:
            self.left -= 1
            await self.office.saw_better("t1", {FACE: vector_of(FACE, 7, 0.9)})
        return await super().alike(wanted, vectors)


async def test_a_vector_that_gets_better_while_it_is_compared_is_not_passed_over(box: Box) -> None:
    likenesses = box.searches().likenesses
    likenesses.__class__ = Interrupting
    assert isinstance(likenesses, Interrupting)
    office = likenesses.office = Office(box, likenesses)
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7)))
    await office.saw("t1", 7, 0.1)
    assert await office.tasks.keep_up() == 1
    assert await office.members(task) == {"t1"}
    assert await kept(office, "track_news") == []


async def test_what_is_stored_waits_for_the_index_and_what_is_new_does_not(office: Office) -> None:
    await office.saw("stored", 7)
    office.box.index_complete.clear()
    async with office.at_work():
        task = await office.create(picture_of(7))
        await office.saw("early", 7)  # maybe before anybody knows who is looked for
        await office.reached(task, RUNNING)
        await office.saw("new", 7)
        await office.joined_by(task, "new")
        assert "stored" not in await office.members(task)
        office.box.index_complete.set()
        task = await office.ended(task)
    assert await office.members(task) == {"stored", "early", "new"}


@pytest.mark.parametrize("left", ["unlooked at", "unsearched"])
async def test_what_a_crash_left_is_gone_on_with(box: Box, left: str) -> None:
    first = Office(box)
    await first.saw("t1", 7)
    task = await first.create(picture_of(7))
    if left == "unsearched":
        box.index_complete.clear()
        async with first.at_work():
            await first.reached(task, RUNNING)
        box.index_complete.set()
    again = Office(box)
    async with again.at_work():
        task = await again.ended(task)
    assert await again.members(task) == {"t1"}


async def test_a_picture_that_stops_the_box_is_given_up(box: Box) -> None:
    office = Office(box, most_starts=2)
    task = await office.create(picture_of(7))
    async with office.store.transaction() as tx:
        await tx.execute("UPDATE risk_picture SET starts = 2")
    async with office.at_work():
        task = await office.ended(task)
    assert task.search is not None
    assert (task.search.state, task.search.error_code) == (TaskSearchState.FAILED, "internal")
    assert (await kept(office, "risk_picture"))[0]["picture"] is None


async def test_nobody_and_nothing_to_look_at_are_told(office: Office) -> None:
    await office.saw("t7", 7)
    whole = picture_of(7)
    damaged = whole[:120] + bytes(200) + whole[320:]
    async with office.at_work():
        nobody = await office.ended(await office.create(picture_of()))
        broken = await office.ended(await office.create(damaged))
        assert isinstance(office.box.eyes, PaintedEyes)
        office.box.eyes.blind = True
        unseen = await office.ended(await office.create(picture_of(7)))
    found = [task.search for task in (nobody, broken, unseen)]
    assert [(one.state, one.people, one.error_code) for one in found if one] == [
        ("no_data", 0, None), ("failed", None, "bad_request"), ("failed", None, "unavailable"),
    ]  # fmt: skip
    events = await events_after(office.store, 0, 10)
    assert [event.data["state"] for event in events] == ["no_data", "failed", "failed"]
    for task in (nobody, broken, unseen):
        assert await office.members(task) == set()
    assert {row["picture"] for row in await kept(office, "risk_picture")} == {None}


async def test_a_track_asks_and_what_it_gave_goes_with_it(office: Office) -> None:
    gone, other = "1" * 32, "2" * 32
    await office.saw(gone, 7)
    await office.saw(other, 7, 0.8)
    async with office.at_work():
        task = await office.ended(await office.create(track=gone))
        assert await office.members(task) == {gone, other}
        async with office.store.transaction() as tx:
            await forget_tracks(tx, [gone])
        task = await office.tasks.get(task.id)
    assert task.search is not None
    assert task.criteria is not None
    assert task.criteria.picture is not None
    assert (task.search.state, task.criteria.picture.track) == (NEEDED, None)
    assert await kept(office, "risk_picture_vector") == []
    assert await office.members(task) == {other}


class OtherEyes(PaintedEyes):
    """The same with other models."""

    @property
    @override
    def info(self) -> PackInfo:
        return replace(super().info, face_model="new/face@2", body_model="new/body@2")


async def test_after_a_change_of_models_it_needs_its_picture_again(box: Box) -> None:
    office = Office(box)
    await office.saw("old", 7)
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7)))
    own, box.eyes = box.eyes, OtherEyes()
    office = Office(box)
    async with office.at_work():
        task = await office.ended(task, not_as=[COMPLETE])
        assert task.search is not None
        assert task.search.state is NEEDED
        await office.saw("of new models", 7)  # the same numbers, by other models
        await office.tasks.keep_up()
        assert await office.members(task) == {"old"}
        looks = asked(picture_of(7))
        change = Change(criteria=RiskCriteria(), looks=looks)
        task = await office.tasks.change(task.id, change, asker="test")
        task = await office.ended(task)
        assert await office.members(task) == {"of new models"}
    box.eyes = own
    office = Office(box)
    async with office.at_work():
        task = await office.ended(task, not_as=[COMPLETE])
    box.eyes = OtherEyes()
    office = Office(box)
    async with office.at_work():
        task = await office.ended(task, not_as=[NEEDED])
    assert task.search is not None
    assert task.search.state is COMPLETE


async def test_a_damaged_vector_is_never_compared(office: Office) -> None:
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7)))
    async with office.store.transaction() as tx:
        numbers = np.zeros(32, "<f4").tobytes()
        await tx.execute("UPDATE risk_picture_vector SET numbers = ?", (numbers,))
    await office.saw("t1", 7)
    assert await office.tasks.keep_up() == 0
    await office.tasks.change(task.id, Change(state=CLOSED), asker="test")
    async with office.at_work():
        task = await office.ended(task, not_as=[COMPLETE])
    assert task.search is not None
    assert task.search.state is NEEDED


async def test_another_picture_takes_the_place_of_the_first(office: Office) -> None:
    for who in (7, 9):
        await office.saw(f"t{who}", who)
    async with office.at_work():
        task = await office.ended(await office.create(picture_of(7)))
        change = Change(criteria=RiskCriteria(), looks=asked(picture_of(9)))
        await office.tasks.change(task.id, change, asker="test")
        task = await office.ended(task)
        assert await office.members(task) == {"t9"}
        await office.tasks.change(task.id, Change(criteria=RiskCriteria()), asker="test")
        task = await office.tasks.get(task.id)
    assert task.search is None
    assert await office.members(task) == {"t7", "t9"}
    assert await kept(office, "risk_picture_vector") == []


async def test_a_task_that_is_closed_before_it_was_looked_at_ends_there(office: Office) -> None:
    await office.saw("stored", 7)
    task = await office.create(picture_of(7))
    task = await office.tasks.change(task.id, Change(state=CLOSED), asker="test")
    await office.saw("after", 7, start_ms=task.changed_ms + 1, end_ms=task.changed_ms + 2)
    async with office.at_work():
        task = await office.ended(task)
    assert await office.members(task) == {"stored"}


async def test_what_is_refused_leaves_nothing(box: Box) -> None:
    office = Office(box, most_waiting=1)
    with pytest.raises(NotFound) as none:
        await office.create(track="f" * 32)
    assert none.value.field == "criteria.track"
    with pytest.raises(Refused) as region:
        await office.create(picture_of(7), region=(0.0, 0.0, 9_999.0, 9.0))
    assert region.value.field == "criteria.region"
    assert await kept(office, "risk_task") == await kept(office, "risk_picture") == []
    await office.create(picture_of(7))
    with pytest.raises(Busy):
        await office.create(picture_of(7))
    assert len(await kept(office, "risk_task")) == 1


async def test_a_task_and_the_answer_to_its_request_are_one(office: Office) -> None:
    async def cut_short(tx: Transaction, task: RiskTask) -> None:
        assert await tx.rows("SELECT 1 FROM risk_picture WHERE task = ?", (task.id,))
        raise ZeroDivisionError

    new = NewTask(criteria=RiskCriteria(), looks=asked(picture_of(7)))
    with pytest.raises(ZeroDivisionError):
        await office.tasks.create(new, asker="test", remember=cut_short)
    for table in ("risk_task", "risk_picture", "audit"):
        assert await kept(office, table) == []
