"""Investigations by photograph with the real models, over what a search would find."""

from pathlib import Path

from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import TaskSearchState
from edge_agent.domain.vector import Part
from edge_agent.storage.jobs import get_hits
from tests.integration.tasks.conftest import Office
from tests.support.photographs import NEEDED, photographs, real_eyes, remember_photograph
from tests.support.remembering import answering, ended, opened_box

pytestmark = NEEDED
FACE = frozenset({Part.FACE})
OTHERS = 16


async def test_stored_and_new_photographs_of_one_person_come_in_and_no_others(
    tmp_path: Path,
) -> None:
    people = photographs()
    several = [name for name, paths in people.items() if len(paths) >= 4]
    wanted, others = several[0], [name for name in people if name != several[0]]
    first, second, third, asked = (path.read_bytes() for path in people[wanted][:4])
    async with (
        real_eyes(tmp_path / "models") as eyes,
        opened_box(tmp_path / "state", eyes) as box,
    ):
        office = Office(box)
        await remember_photograph(box, "first", first)
        for name in others[:OTHERS]:
            await remember_photograph(box, name, people[name][0].read_bytes())
        async with office.at_work():
            task = await office.ended(await office.create(asked, parts=FACE))
            assert task.search is not None
            assert task.search.state is TaskSearchState.COMPLETE
            stored = await office.members(task)
            await remember_photograph(box, "second", second)
            await remember_photograph(box, "third", third)
            for name in others[OTHERS : 2 * OTHERS]:
                await remember_photograph(box, name, people[name][0].read_bytes())
            await office.tasks.keep_up()
            members = await office.members(task)
        searches = box.searches()
        async with answering(searches):
            question = PictureQuestion(picture=asked, parts=FACE, limit=200)
            job = await searches.create(question, asker="test")
            await ended(box, job.id)
        hits = {hit.track for hit in await get_hits(box.store, job.id)}
    assert "first" in stored
    # what kept it up and what searches the index judge alike
    assert members == hits
    assert members == {"first", "second", "third"}
