"""Picture searches against real storage; the people are painted."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.domain.errors import Busy, NotFound, Refused
from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion, Reply
from edge_agent.domain.vector import Part
from edge_agent.search import AlreadyAnswered, RequestKey, SearchOptions
from edge_agent.storage import Transaction
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.jobs import get_hits, get_job, set_job_running
from edge_agent.storage.outbox import events_after, replies_after
from edge_agent.storage.requests import RememberedAnswer, remember
from tests.support import sightings
from tests.support.painted import PaintedEyes, paint, vector_of
from tests.support.remembering import Box, answering, ended, opened_box
from tests.support.sightings import face_of, standing

FACE, BODY = Part.FACE, Part.BODY


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with opened_box(tmp_path / "state") as opened:
        yield opened


def person(x: float, height: float = 300) -> dict[Part, sightings.Box]:
    body = standing(x, y=60, height=height)
    return {BODY: body, FACE: face_of(body)}


async def asked(box: Box, question: PictureQuestion) -> tuple[Job, list[Hit]]:
    """Ask and wait for the answer; both read from storage."""
    searches = box.searches()
    async with answering(searches):
        job = await searches.create(question, asker="test")
        await ended(box, job.id)
    final = await get_job(box.store, job.id)
    assert final is not None
    return final, await get_hits(box.store, job.id)


async def test_the_right_person_comes_first_with_both_scores(box: Box) -> None:
    await box.remember("t1", {FACE: vector_of(FACE, 7, 0.8), BODY: vector_of(BODY, 7, 0.7)})
    await box.remember("t2", {BODY: vector_of(BODY, 7, 0.9)}, camera="till")
    for other in range(20, 40):
        await box.remember(f"o{other}", {FACE: vector_of(FACE, other)})
    job, hits = await asked(box, PictureQuestion(picture=paint({7: person(200)})))
    assert (job.state, job.people, job.hits, job.pack) == (JobState.SUCCEEDED, 1, 2, "painted")
    assert [hit.track for hit in hits] == ["t1", "t2"]
    assert hits[0].face_score == pytest.approx(0.8, abs=1e-3)
    assert hits[0].body_score == pytest.approx(0.7, abs=1e-3)
    assert hits[0].matched == {FACE, BODY}
    assert hits[1].face_score is None
    assert hits[1].matched == {BODY}
    assert job.compared == 21, "of the part that more are remembered of"
    assert [hit.probability for hit in hits] == [None, None], "nobody calibrated painted people"


async def test_a_body_below_its_threshold_is_still_told_beside_the_face(box: Box) -> None:
    await box.remember("t1", {FACE: vector_of(FACE, 7, 0.9), BODY: vector_of(BODY, 7, 0.2)})
    _, hits = await asked(box, PictureQuestion(picture=paint({7: person(200)})))
    assert hits[0].matched == {FACE}
    assert hits[0].body_score == pytest.approx(0.2, abs=1e-3)


async def test_everybody_is_asked_about_and_the_hit_says_who(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    await box.remember("t9", {FACE: vector_of(FACE, 9, 0.8)})
    crowd = paint({9: person(100), 5: person(300), 7: person(500)})
    job, hits = await asked(box, PictureQuestion(picture=crowd))
    assert job.people == 3
    assert [(hit.track, hit.person) for hit in hits] == [("t7", 2), ("t9", 0)]


@pytest.mark.parametrize(
    ("region", "people"),
    [
        pytest.param(tuple(map(int, face_of(standing(100, y=60, height=300)))), {"t9"}, id="face"),
        pytest.param((20.0, 200.0, 180.0, 360.0), {"t9"}, id="only the legs"),
        pytest.param((0.0, 0.0, 640.0, 480.0), {"t7", "t9"}, id="all of it"),
    ],
)
async def test_a_region_decides(
    box: Box, region: tuple[float, float, float, float], people: set[str]
) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    await box.remember("t9", {FACE: vector_of(FACE, 9)})
    crowd = paint({9: person(100), 7: person(500)})
    _, hits = await asked(box, PictureQuestion(picture=crowd, region=region))
    assert {hit.track for hit in hits} == people
    assert all(hit.person == (0 if hit.track == "t9" else 1) for hit in hits)


async def test_several_pictures_ask_for_the_one_person_they_have_in_common(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7), BODY: vector_of(BODY, 7)})
    await box.remember("t9", {FACE: vector_of(FACE, 9)})
    alone, crowd = paint({7: person(200)}), paint({9: person(100), 7: person(400)})
    empty = paint({})
    question = PictureQuestion(picture=crowd, more_pictures=(alone, empty))
    job, hits = await asked(box, question)
    assert (job.state, job.people) == (JobState.SUCCEEDED, 1)
    assert [(hit.track, hit.person, hit.matched) for hit in hits] == [
        ("t7", 0, frozenset({FACE, BODY}))
    ]
    assert await box.store.rows("SELECT * FROM job_picture") == []
    detail = json.loads((await box.store.rows("SELECT detail FROM audit"))[-1]["detail"])
    assert len(detail["more_pictures_sha256"]) == 2
    together = paint({7: person(100), 5: person(400)})
    job, hits = await asked(box, PictureQuestion(picture=crowd, more_pictures=(together,)))
    assert [hit.track for hit in hits] == ["t7"], "the pair that is alike says who is meant"


async def test_several_pictures_of_nobody_in_common_are_refused_and_of_nobody_no_data(
    box: Box,
) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    crowd = paint({9: person(100), 5: person(400)})
    job, _ = await asked(
        box, PictureQuestion(picture=paint({7: person(200)}), more_pictures=(crowd,))
    )
    assert (job.state, job.error_code) == (JobState.FAILED, "bad_request")
    assert "picture 1 shows 2 people" in (job.error_message or "")
    nobody = PictureQuestion(picture=paint({}), more_pictures=(paint({}),))
    job, hits = await asked(box, nobody)
    assert (job.state, job.people, hits) == (JobState.NO_DATA, 0, [])


async def test_pictures_of_one_person_survive_a_restart_in_the_middle(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    pictures = (paint({7: person(200)}), paint({7: person(300)}))
    job = await box.searches().create(
        PictureQuestion(picture=pictures[0], more_pictures=pictures[1:]), asker="test"
    )
    async with box.store.transaction() as tx:
        await set_job_running(tx, job.id)
    again = box.searches()
    async with answering(again):
        assert await ended(box, job.id) == "succeeded"
    assert isinstance(box.eyes, PaintedEyes)
    assert box.eyes.looked == 2


async def test_who_is_not_meant_goes_with_whoever_resembles_them_more(box: Box) -> None:
    await box.remember("right", {FACE: vector_of(FACE, 7, 0.9)})
    wrong = vector_of(FACE, 7, 0.6)
    await box.remember("wrong", {FACE: wrong, BODY: vector_of(BODY, 7, 0.7)})
    await box.remember("again", {FACE: wrong, BODY: vector_of(BODY, 7, 0.95)}, camera="till")
    await box.remember("body", {BODY: vector_of(BODY, 7)})
    question = PictureQuestion(picture=paint({7: person(200)}))
    _, every = await asked(box, question)
    assert {hit.track for hit in every} == {"right", "wrong", "again", "body"}
    _, hits = await asked(box, replace(question, not_tracks=frozenset({"wrong"})))
    # of "body" only clothes can be compared, and they are nearer to who is asked about
    assert [hit.track for hit in hits] == ["right", "body"]
    detail = json.loads((await box.store.rows("SELECT detail FROM audit"))[-1]["detail"])
    assert detail["not_tracks"] == ["wrong"]
    with pytest.raises(NotFound, match="no track elsewhere"):
        await box.searches().create(
            replace(question, not_tracks=frozenset({"elsewhere"})), asker="test"
        )


async def test_an_empty_region_is_looked_at_by_itself_and_then_shows_nobody(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    region = (300.0, 10.0, 340.0, 50.0)
    question = PictureQuestion(picture=paint({7: person(100)}), region=region)
    job, hits = await asked(box, question)
    assert (job.state, job.people, hits) == (JobState.NO_DATA, 1, [])
    assert isinstance(box.eyes, PaintedEyes)
    assert box.eyes.looked == 2


async def test_nobody_in_the_picture_is_no_data(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    job, _ = await asked(box, PictureQuestion(picture=paint({})))
    assert (job.state, job.people, job.error_code) == (JobState.NO_DATA, 0, None)


async def test_nothing_under_the_filter_is_no_data_and_no_hit_is_success(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)}, camera="door")
    stranger = paint({99: person(100)})
    job, hits = await asked(box, PictureQuestion(picture=stranger))
    assert (job.state, hits) == (JobState.SUCCEEDED, [])
    job, _ = await asked(box, PictureQuestion(picture=stranger, cameras=frozenset({"till"})))
    assert (job.state, job.people) == (JobState.NO_DATA, 1)


async def test_only_the_parts_that_were_asked_for_are_compared(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7), BODY: vector_of(BODY, 7)})
    picture = paint({7: person(200)})
    _, hits = await asked(box, PictureQuestion(picture=picture, parts=frozenset({BODY})))
    assert hits[0].matched == {BODY}
    assert hits[0].face_score is None


async def test_thresholds_and_limit_of_the_question_count(box: Box) -> None:
    for number, likeness in enumerate((0.95, 0.85, 0.75, 0.3)):
        await box.remember(f"t{number}", {FACE: vector_of(FACE, 7, likeness)})
    picture = paint({7: person(200)})
    _, hits = await asked(box, PictureQuestion(picture=picture, threshold=0.8))
    assert [hit.track for hit in hits] == ["t0", "t1"]
    _, hits = await asked(box, PictureQuestion(picture=picture, threshold=0.2, limit=3))
    assert [hit.track for hit in hits] == ["t0", "t1", "t2"]


async def test_a_track_counts_as_seen_while_it_was_in_view(box: Box) -> None:
    """Its best picture may have been taken before or after the range that was asked about."""
    face = {FACE: vector_of(FACE, 7)}
    await box.remember("before", face, start_ms=100, end_ms=190, at_ms=150)
    await box.remember("across the start", face, start_ms=150, end_ms=250, at_ms=160)
    await box.remember("inside", face, start_ms=210, end_ms=220)
    await box.remember("across the end", face, start_ms=290, end_ms=400, at_ms=390)
    await box.remember("across both", face, start_ms=100, end_ms=500, at_ms=450)
    await box.remember("after", face, start_ms=300, end_ms=400)
    question = PictureQuestion(picture=paint({7: person(200)}), start_ms=200, end_ms=300)
    _, hits = await asked(box, question)
    assert {hit.track for hit in hits} == {
        "across the start", "inside", "across the end", "across both",
    }  # fmt: skip


async def test_a_track_asks_with_its_own_vectors_and_is_not_its_own_hit(box: Box) -> None:
    await box.remember("t1", {FACE: vector_of(FACE, 7), BODY: vector_of(BODY, 7)})
    await box.remember("t2", {FACE: vector_of(FACE, 7, 0.8)}, camera="till")
    job, hits = await asked(box, PictureQuestion(track="t1"))
    assert [hit.track for hit in hits] == ["t2"]
    assert (job.state, job.people) == (JobState.SUCCEEDED, 1)


async def test_a_track_without_vectors_is_no_data(box: Box) -> None:
    await box.remember("t1", {})
    await box.remember("t2", {FACE: vector_of(FACE, 7)})
    job, _ = await asked(box, PictureQuestion(track="t1"))
    assert job.state is JobState.NO_DATA


async def test_an_end_is_told_once_with_its_event_its_reply_and_without_the_picture(
    box: Box,
) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    searches = box.searches()
    reply = Reply(topic="back/to/me", correlation=b"\x01")
    async with answering(searches):
        question = PictureQuestion(picture=paint({7: person(200)}))
        job = await searches.create(question, asker="mqtt", reply=reply)
        assert (job.state, job.question.picture) == (JobState.INITIALISING, None)
        await ended(box, job.id)
        unchanged = await searches.cancel(job.id, asker="mqtt")
    assert unchanged.state is JobState.SUCCEEDED
    (event,) = await events_after(box.store, 0, 10)
    assert (event.kind, event.data["job"], event.data["state"]) == (
        "job.finished", job.id, "succeeded",
    )  # fmt: skip
    assert event.data["hit_count"] == 1
    (pending,) = await replies_after(box.store, 0, 10)
    assert pending.reply == reply
    assert pending.body["event_id"] == event.event_id
    assert pending.body["seq"] == event.seq
    rows = await box.store.rows("SELECT picture FROM job")
    assert rows[0]["picture"] is None
    assert await box.store.rows("SELECT * FROM meta WHERE key LIKE 'job.starts.%'") == []


async def test_every_search_is_audited_without_its_picture(box: Box) -> None:
    picture = paint({7: person(200)})
    await asked(box, PictureQuestion(picture=picture, cameras=frozenset({"door"})))
    rows = await box.store.rows("SELECT who, action, detail FROM audit")
    assert [(row["who"], row["action"]) for row in rows] == [("test", "picture-search.create")]
    detail = json.loads(rows[0]["detail"])
    assert detail["cameras"] == ["door"]
    assert len(detail["picture_sha256"]) == 64
    assert "picture" not in detail
    assert await verify_audit(box.store) is None


KEY = RequestKey(id="r1", digest="d" * 64)


async def test_a_repeated_request_starts_nothing(box: Box) -> None:
    searches = box.searches()
    question = PictureQuestion(picture=paint({}))
    first = await searches.create(question, asker="mqtt", request=KEY)
    again = await searches.create(question, asker="mqtt", request=KEY)
    assert again.id == first.id
    other = RequestKey(id="r1", digest="e" * 64)
    with pytest.raises(Refused, match="another request") as refused:
        await searches.create(question, asker="mqtt", request=other)
    assert refused.value.field == "request_id"
    assert len(await box.store.rows("SELECT id FROM job")) == 1


async def test_requests_at_the_same_time_start_one_job(box: Box) -> None:
    searches = box.searches()
    question = PictureQuestion(picture=paint({}))
    jobs = await asyncio.gather(
        *(searches.create(question, asker="mqtt", request=KEY) for _ in range(5))
    )
    assert len({job.id for job in jobs}) == 1


async def test_a_door_gets_back_the_answer_it_remembered(box: Box) -> None:
    searches = box.searches()

    async def remember_answer(tx: Transaction, job: Job) -> None:
        answer = RememberedAnswer(
            request_id=KEY.id, operation="picture-search.create", digest=KEY.digest,
            answer={"ok": True, "data": {"id": job.id}}, at_ms=job.created_ms,
        )  # fmt: skip
        await remember(tx, answer)

    async def create() -> Job:
        return await searches.create(
            PictureQuestion(picture=paint({})), asker="mqtt", request=KEY,
            remember_answer=remember_answer,
        )  # fmt: skip

    job = await create()
    with pytest.raises(AlreadyAnswered) as repeated:
        await create()
    assert repeated.value.first.answer == {"ok": True, "data": {"id": job.id}}


async def test_what_the_door_cannot_remember_is_not_started(box: Box) -> None:
    async def fails(_tx: Transaction, _job: Job) -> None:
        raise Refused("no")

    with pytest.raises(Refused):
        await box.searches().create(
            PictureQuestion(picture=paint({})), asker="mqtt", remember_answer=fails
        )
    assert await box.store.rows("SELECT id FROM job") == []
    assert await box.store.rows("SELECT seq FROM audit") == []


async def test_too_many_questions_are_refused_as_busy(tmp_path: Path) -> None:
    options = SearchOptions(most_unfinished=2)
    async with opened_box(tmp_path / "state", options=options) as box:
        searches = box.searches()
        question = PictureQuestion(picture=paint({}))
        for _ in range(2):
            await searches.create(question, asker="test")
        with pytest.raises(Busy):
            await searches.create(question, asker="test")
        assert 'refused_total{code="busy"} 1' in box.counters.render()


async def test_a_question_that_was_interrupted_begins_anew(box: Box) -> None:
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    job = await box.searches().create(
        PictureQuestion(picture=paint({7: person(200)})), asker="test"
    )
    async with box.store.transaction() as tx:
        assert await set_job_running(tx, job.id, 0.3)
    async with answering(box.searches()):
        assert await ended(box, job.id) == "succeeded"
    assert [hit.track for hit in await get_hits(box.store, job.id)] == ["t7"]


async def test_a_question_that_stops_the_box_again_and_again_fails(tmp_path: Path) -> None:
    async with opened_box(tmp_path / "state", options=SearchOptions(most_starts=2)) as box:
        job = await box.searches().create(PictureQuestion(picture=paint({})), asker="test")
        async with box.store.transaction() as tx:
            await tx.execute("INSERT INTO meta VALUES (?, '2')", (f"job.starts.{job.id}",))
        async with answering(box.searches()):
            assert await ended(box, job.id) == "failed"
        final = await get_job(box.store, job.id)
        assert final is not None
        assert (final.error_code, isinstance(box.eyes, PaintedEyes)) == ("internal", True)
        assert "stopped 2 times" in str(final.error_message)


async def test_a_cancelled_question_is_not_answered(box: Box) -> None:
    searches = box.searches()
    job = await searches.create(PictureQuestion(picture=paint({7: person(200)})), asker="test")
    cancelled = await searches.cancel(job.id, asker="rest:key")
    assert cancelled.state is JobState.CANCELLED
    other = await searches.create(PictureQuestion(picture=paint({})), asker="test")
    async with answering(searches):
        await ended(box, other.id)
    final = await get_job(box.store, job.id)
    assert final is not None
    assert final.state is JobState.CANCELLED
    events = await events_after(box.store, 0, 10)
    assert [event.data["state"] for event in events] == ["cancelled", "no_data"]
    with pytest.raises(NotFound):
        await searches.cancel("0" * 32, asker="rest:key")


async def test_failing_eyes_fail_the_job_and_the_next_one_is_answered(box: Box) -> None:
    assert isinstance(box.eyes, PaintedEyes)
    await box.remember("t7", {FACE: vector_of(FACE, 7)})
    question = PictureQuestion(picture=paint({7: person(200)}))
    box.eyes.blind = True
    job, _ = await asked(box, question)
    assert (job.state, job.error_code) == (JobState.FAILED, "unavailable")
    assert job.error_message == "the eyes are shut"
    box.eyes.blind = False
    job, hits = await asked(box, question)
    assert (job.state, len(hits)) == (JobState.SUCCEEDED, 1)


async def test_a_question_waits_for_an_index_that_is_being_rebuilt(box: Box) -> None:
    box.index_complete.clear()
    searches = box.searches()
    async with answering(searches):
        job = await searches.create(PictureQuestion(picture=paint({7: person(200)})), asker="t")
        while True:
            version = box.store.version("job")
            now = await get_job(box.store, job.id)
            if now is not None and now.state is JobState.RUNNING:
                break
            await box.store.changed("job", version)
        await box.remember("t7", {FACE: vector_of(FACE, 7)})
        box.index_complete.set()
        assert await ended(box, job.id) == "succeeded"
    assert [hit.track for hit in await get_hits(box.store, job.id)] == ["t7"]


async def test_an_index_that_stays_incomplete_answers_from_what_it_has(tmp_path: Path) -> None:
    options = SearchOptions(rebuild_wait_s=0.05)
    async with opened_box(tmp_path / "state", options=options) as box:
        box.index_complete.clear()
        await box.remember("t7", {FACE: vector_of(FACE, 7)})
        job, hits = await asked(box, PictureQuestion(picture=paint({7: person(200)})))
        assert (job.state, len(hits)) == (JobState.SUCCEEDED, 1)
        assert job.indexed is None
        box.index.expected = 4
        job, _ = await asked(box, PictureQuestion(picture=paint({7: person(200)})))
        assert job.indexed == 0.25
        box.index.mark_complete()
        job, _ = await asked(box, PictureQuestion(picture=paint({7: person(200)})))
        assert job.indexed == 1


async def test_a_track_that_was_forgotten_meanwhile_is_no_hit(box: Box) -> None:
    for number, likeness in enumerate((0.9, 0.8, 0.7)):
        await box.remember(f"t{number}", {FACE: vector_of(FACE, 7, likeness)})
    async with box.store.transaction() as tx:
        await tx.execute("DELETE FROM track WHERE id = 't1'")  # its vector is still indexed
    job, hits = await asked(box, PictureQuestion(picture=paint({7: person(200)})))
    assert [(hit.rank, hit.track) for hit in hits] == [(1, "t0"), (2, "t2")]
    assert job.hits == 2


async def test_more_people_than_are_searched_at_once_need_a_region(tmp_path: Path) -> None:
    async with opened_box(tmp_path / "state", options=SearchOptions(most_people=1)) as box:
        await box.remember("t7", {FACE: vector_of(FACE, 7)})
        crowd = paint({9: person(100), 7: person(500)})
        job, _ = await asked(box, PictureQuestion(picture=crowd))
        assert (job.state, job.error_code) == (JobState.FAILED, "bad_request")
        assert "name a region" in str(job.error_message)
        _, hits = await asked(
            box, PictureQuestion(picture=crowd, region=(400.0, 0.0, 600.0, 400.0))
        )
        assert [hit.track for hit in hits] == ["t7"]
