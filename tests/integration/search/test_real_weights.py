"""The whole of a picture search with the real models: photographs in, the right person first."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion
from edge_agent.domain.vector import Part
from edge_agent.media import decode_picture
from edge_agent.storage.jobs import get_hits, get_job
from edge_agent.vision import VisionThreads
from tests.support.photographs import (
    NEEDED,
    TESTDATA,
    photographs,
    real_eyes,
    remember_photograph,
)
from tests.support.remembering import Box, answering, ended, opened_box

OTHERS = 24

pytestmark = NEEDED


@pytest.fixture
async def eyes(tmp_path: Path) -> AsyncIterator[VisionThreads]:
    async with real_eyes(tmp_path / "models") as opened:
        yield opened


@pytest.fixture
async def box(tmp_path: Path, eyes: VisionThreads) -> AsyncIterator[Box]:
    async with opened_box(tmp_path / "state", eyes) as opened:
        yield opened


async def asked(box: Box, question: PictureQuestion) -> tuple[Job, list[Hit]]:
    searches = box.searches()
    async with answering(searches):
        job = await searches.create(question, asker="test")
        await ended(box, job.id)
    final = await get_job(box.store, job.id)
    assert final is not None
    return final, await get_hits(box.store, job.id)


async def test_another_photograph_of_the_same_person_comes_first(box: Box) -> None:
    people = photographs()
    several = [name for name, paths in people.items() if len(paths) >= 3]
    wanted = several[:: max(len(several) // 4, 1)][:4]
    for name in wanted:
        await remember_photograph(box, name, people[name][0].read_bytes())
    others = [name for name in people if name not in wanted]
    for name in others[:OTHERS]:
        await remember_photograph(box, name, people[name][0].read_bytes())
    for name in wanted:
        question = PictureQuestion(
            picture=people[name][1].read_bytes(), parts=frozenset({Part.FACE})
        )
        job, hits = await asked(box, question)
        assert job.state is JobState.SUCCEEDED
        assert hits[0].track == name
        assert hits[0].face_score is not None
        assert hits[0].face_score > box.eyes.info.face_threshold
        assert job.compared == len(wanted) + OTHERS
        assert hits[0].probability is not None
        assert (
            hits[0].probability > 0.5 > max([hit.probability or 0 for hit in hits[1:]], default=0)
        )
    stranger = people[others[-1]][0].read_bytes()
    job, hits = await asked(box, PictureQuestion(picture=stranger, parts=frozenset({Part.FACE})))
    assert (job.state, hits) == (JobState.SUCCEEDED, [])


async def test_several_photographs_of_one_person_and_one_who_is_not_meant(box: Box) -> None:
    people = photographs()
    several = [name for name, paths in people.items() if len(paths) >= 4]
    wanted, other = several[0], several[1]
    for name in (wanted, other):
        await remember_photograph(box, name, people[name][0].read_bytes())
    first, *more = (path.read_bytes() for path in people[wanted][1:4])
    faces = frozenset({Part.FACE})
    job, hits = await asked(
        box, PictureQuestion(picture=first, more_pictures=tuple(more), parts=faces)
    )
    assert (job.people, [hit.track for hit in hits]) == (1, [wanted])
    alone = PictureQuestion(picture=first, parts=faces)
    _, single = await asked(box, alone)
    assert hits[0].face_score is not None
    assert single[0].face_score is not None
    assert hits[0].face_score > single[0].face_score - 0.05
    # everybody is a hit at threshold 0; the other one's look-alikes go, the one meant stays
    loose = replace(alone, threshold=0.0, not_tracks=frozenset({other}))
    _, left = await asked(box, loose)
    assert [hit.track for hit in left] == [wanted]
    _, none = await asked(box, replace(loose, not_tracks=frozenset({wanted})))
    assert wanted not in {hit.track for hit in none}


async def test_a_person_is_found_by_body_from_another_camera(box: Box) -> None:
    folder = Path(TESTDATA or "") / "labelled" / "market_frames"
    remembered = 0
    for path in sorted((folder / "frames").iterdir())[::3]:
        image = decode_picture(path.read_bytes())
        seen = await box.eyes.detect_query(image)  # a wide view: the people in it are small
        vectors = await box.eyes.embed_bodies(image, seen.bodies.xyxy)
        for row, values in enumerate(vectors):
            await box.remember(f"{path.stem}-{row}", {Part.BODY: values})
            remembered += 1
    assert remembered > 15
    scores: list[float] = []
    for query in sorted((folder / "query").iterdir()):
        _, hits = await asked(box, PictureQuestion(picture=query.read_bytes()))
        scores += [hit.body_score or 0.0 for hit in hits[:1]]
    assert len(scores) == 2
    assert np.min(scores) > box.eyes.info.body_threshold
