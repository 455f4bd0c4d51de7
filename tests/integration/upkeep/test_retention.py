from edge_agent.domain.job import JobState
from edge_agent.storage.jobs import finish_job, insert_job
from edge_agent.storage.requests import RememberedAnswer, remember
from edge_agent.storage.tracks import save_fragment
from edge_agent.upkeep import RetentionOptions
from edge_agent.upkeep.retention import Retention
from tests.integration.storage.builders import (
    DAY_MS,
    NOON_MS,
    a_fragment,
    a_job,
    remember_person,
)
from tests.integration.upkeep.boxes import Box

OPTIONS = RetentionOptions(
    tracks_ms=10 * DAY_MS, clips_ms=5 * DAY_MS, jobs_ms=3 * DAY_MS, batch=2, pause=0
)


def retention(box: Box) -> Retention:
    return Retention(
        box.store,
        box.index,
        box.thread,
        OPTIONS,
        alarms=box.alarms,
        clock=box.clock,
        counters=box.counters,
    )


async def test_what_is_too_old_goes_with_all_that_belongs_to_it(box: Box) -> None:
    people = []
    for days in range(12):
        start_ms = NOON_MS + days * DAY_MS
        fragment = a_fragment(start_ms=start_ms)
        box.clip(fragment.path)
        people.append(
            (*await remember_person(box.store, start_ms=start_ms, fragment=fragment), fragment)
        )
    await box.store.renderings.begin()
    for *_, fragment in people:
        box.store.renderings.path(fragment.id, "0.jpg").write_bytes(b"thumbnail")
    box.index.add([person[2] for person in people])
    box.clock.ms = NOON_MS + 11 * DAY_MS + 3_600_000
    kept = retention(box)
    assert await kept.run() == 2 + 7
    alive = people[2:]
    assert await box.count("track") == len(alive) == len(box.index)
    assert await box.count("picture") == await box.count("vector_ref") == len(alive)
    files = box.store.pictures.folder.glob("*/*.jpg")
    assert {file.stem for file in files} == {picture.id for _, picture, _, _ in alive}
    assert len(await box.store.vectors.days()) == len(alive)
    clips = [(box.store.clips / fragment.path).exists() for *_, fragment in people]
    assert clips == [False] * 7 + [True] * 5
    assert await box.store.renderings.ids() == {fragment.id for *_, fragment in people[7:]}
    assert await kept.run() == 0


async def test_many_more_than_a_batch_go_in_one_run(box: Box) -> None:
    for number in range(7):
        await remember_person(box.store, start_ms=NOON_MS + number)
    box.clock.ms = NOON_MS + 30 * DAY_MS
    assert await retention(box).run() == 7
    assert await box.store.vectors.days() == []


async def test_a_clip_that_is_being_recorded_stays(box: Box) -> None:
    fragment = a_fragment(state=a_fragment().state.RECORDING)
    async with box.store.transaction() as tx:
        await save_fragment(tx, fragment)
    box.clock.ms = NOON_MS + 30 * DAY_MS
    assert await retention(box).run() == 0
    assert await box.count("fragment") == 1


async def test_jobs_and_answers_have_ages_of_their_own(box: Box) -> None:
    async with box.store.transaction() as tx:
        for job_id in ("old", "young", "unfinished"):
            await insert_job(tx, a_job(job_id), b"picture", None)
        await finish_job(tx, "old", JobState.NO_DATA, at_ms=NOON_MS)
        await finish_job(tx, "young", JobState.NO_DATA, at_ms=NOON_MS + 2 * DAY_MS)
        for number in range(2):
            answer = RememberedAnswer(
                request_id=f"r{number}",
                operation="x",
                digest="",
                answer={},
                at_ms=NOON_MS + number * 4 * DAY_MS,
            )
            await remember(tx, answer)
    box.clock.ms = NOON_MS + 4 * DAY_MS + 1
    await retention(box).run()
    rows = await box.store.rows("SELECT id FROM job ORDER BY id")
    assert [row["id"] for row in rows] == ["unfinished", "young"]
    assert await box.count("request") == 1


async def test_a_clock_that_jumps_ahead_deletes_nothing(box: Box) -> None:
    await remember_person(box.store)
    kept = retention(box)
    real = box.clock.monotonic
    box.clock.monotonic = lambda: real() - 400 * 86_400  # type: ignore[method-assign]
    box.clock.ms += 400 * DAY_MS
    assert await kept.run() == 0
    assert await kept.run() == 0
    assert await box.count("track") == 1
    alarms = await box.events()
    assert len(alarms) == 1
    assert "the clock jumped ahead by 9600.0 h" in alarms[0][1]
    box.clock.ms += DAY_MS
    assert await kept.run() == 1
