"""People by words with an image-text model: CLIP's published tokenizer, small towers of its shape.

The towers know red, green and blue. Tracks are kept by `Memory`, and embedded anew by `Reembed`.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import Worn
from edge_agent.index import VectorIndex
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.update import Look, Update
from edge_agent.queries import Queries, TrackFilter
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.storage.actions import add_action
from edge_agent.storage.staff import insert_staff
from edge_agent.storage.worn import save_worn
from edge_agent.text_search import Found, Likenesses, TextQuestion, told
from edge_agent.text_search.statements import UNSAID
from edge_agent.upkeep import RebuildOptions, ReembedOptions
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.rebuild import Rebuild
from edge_agent.upkeep.reembed import Reembed
from edge_agent.vision import Vision, VisionThreads, VisionThreadsOptions
from edge_agent.vision.packs import PackOptions, choose
from edge_agent.wire import answers
from edge_agent.wire.text_search import TextSearch
from tests.integration.storage.builders import NOON_MS, SetClock
from tests.support.mqtt_box import PlainLinks
from tests.support.towers import clip_form, loaded
from tests.support.visits import text_searches

PUBLISHED = "clip_bpe_simple_vocab_16e6.txt.gz"
COLOURS = {"red": (20, 20, 230), "green": (20, 230, 20), "blue": (230, 20, 20)}
OTHER = "towers/image-before@00000000"


def eyes(vision: Vision) -> VisionThreads:
    options = VisionThreadsOptions(threads=1)
    return VisionThreads(vision, options, SystemClock(), Counters())


@dataclass
class Shop:
    """People in clothes of one colour each, kept as a box keeps them."""

    store: Store
    thread: OneThread
    index: VectorIndex
    eyes: VisionThreads
    told: frozenset[str] = frozenset({"upper"})

    async def keep(self, colours: list[str], at_ms: int = NOON_MS - 3_600_000) -> list[str]:
        memory = Memory(
            store=self.store, embedder=self.eyes, index=self.index, index_thread=self.thread,
            options=MemoryOptions(), clock=SystemClock(), counters=Counters(),
        )  # fmt: skip
        ids = [f"{at_ms + number:012x}{number:020x}" for number in range(len(colours))]
        async with memory.running():
            for number, (name, colour) in enumerate(zip(ids, colours, strict=True)):
                crop = np.full((160, 60, 3), COLOURS[colour], np.uint8)
                look = Look(
                    part=Part.BODY, at_ms=at_ms + number, quality=0.8, crop=crop,
                    xyxy=np.array([2, 2, 58, 158], np.float32), landmarks=None,
                )  # fmt: skip
                track = Track(
                    id=name, camera="hall" if number % 2 else "door", start_ms=at_ms + number,
                    end_ms=at_ms + number + 1000, state=TrackState.ENDED, face=None, body=None,
                    fragment=None,
                )  # fmt: skip
                await memory.put(Update(track=track, looks=[look], fragments=frozenset()))
            await memory.drained()
        return ids

    async def ask(self, text: str, **asked: Any) -> TextSearch:
        async def shown(found: Found) -> TextSearch:
            ids = frozenset(hit.track for hit in found.hits)
            page = await Queries(self.store).tracks(
                TrackFilter(ids=ids, include_staff=True), limit=200
            )
            links = PlainLinks()
            return told(found, {row.id: answers.track(row.as_track(), links) for row in page.rows})

        likenesses = Likenesses(self.index, self.thread, self.eyes)
        searches = text_searches(self.store, SetClock(), self.told, likenesses=likenesses)
        question = TextQuestion(text=text, **asked)
        return await searches.ask(question, asker="mqtt", shown=shown)

    async def models(self) -> set[tuple[str, str]]:
        rows = await self.store.rows("SELECT DISTINCT part, model FROM vector_ref")
        return {(row["part"], row["model"]) for row in rows}


@pytest.fixture
def vision(tmp_path: Path) -> Vision:
    """A pack whose tokenizer is the published one where it is here."""
    path = Path(os.environ.get("EDGE_AGENT_MODEL_MIRROR", ""), PUBLISHED)
    merges = path.read_bytes() if path.is_file() else None
    clip_form(tmp_path, merges, described=[0.3, 1.0], prompt="{}")
    return loaded(tmp_path)


@pytest.fixture
async def shop(tmp_path: Path, vision: Vision) -> AsyncIterator[Shop]:
    thread, looking = OneThread("index"), eyes(vision)
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as store:
        yield Shop(store, thread, VectorIndex(), looking)
    looking.close()
    thread.close()


def hits(answer: TextSearch) -> list[str]:
    return [hit.track.id for hit in answer.hits]


async def test_words_that_mean_nothing_to_the_box_find_who_looks_so(shop: Shop) -> None:
    red, green, blue = await shop.keep(["red", "green", "blue"])
    info = shop.eyes.info
    assert await shop.models() == {("body", info.body_model), ("body", info.image_text_model)}
    shop.told = frozenset()  # colours are understood, and told of nobody
    answer = await shop.ask("blorp blue")
    assert (hits(answer), answer.answered, answer.described) == ([blue], True, True)
    assert [word.text for word in answer.unknown] == ["blorp"]
    assert answer.hits[0].likeness == pytest.approx(answer.hits[0].score)
    assert answer.hits[0].score > 0.8
    both = await shop.ask("blorp green red", limit=2)
    assert set(hits(both)) == {red, green}
    assert hits(await shop.ask("blorp")) == []
    newest = await shop.ask("someone today")
    assert (hits(newest), newest.described) == ([blue, green, red], False)


async def test_filters_come_before_pictures(shop: Shop) -> None:
    first, second, third = await shop.keep(["red", "red", "red"])
    early, *_ = await shop.keep(["red"], NOON_MS - 86_400_000)
    async with shop.store.transaction() as tx:
        done = Action(
            id="1" * 32, track=third, type=ActionType.STAY, place="counter",
            at_ms=NOON_MS - 3_600_000,
        )  # fmt: skip
        await add_action(tx, done)
    assert hits(await shop.ask("blorp red", cameras=frozenset({"hall"}))) == [second]
    assert hits(await shop.ask("blorp red", end_ms=NOON_MS - 80_000_000)) == [early]
    assert set(hits(await shop.ask("blorp red today"))) == {first, second, third}
    assert hits(await shop.ask("blorp red, someone who stayed")) == [third]


async def test_concepts_go_first_and_the_whole_text_decides_among_them(shop: Shop) -> None:
    said_red, red, unseen, blue = await shop.keep(["green", "red", "red", "blue"])
    async with shop.store.transaction() as tx:
        for track in (said_red, red, unseen):
            await save_worn(tx, track, [Worn("upper", "red", 0.9)])
    rows = await shop.store.rows(
        "SELECT id FROM vector_ref WHERE track = ? AND model = ?",
        (unseen, shop.eyes.info.image_text_model),
    )
    await shop.thread.call(shop.index.forget, [row["id"] for row in rows])
    answer = await shop.ask("red shirt blorp")
    assert hits(answer) == [red, unseen, said_red]
    likenesses = [hit.likeness for hit in answer.hits]
    assert likenesses == [pytest.approx(1, abs=0.1), None, pytest.approx(0, abs=0.01)]
    assert answer.hits[1].score == pytest.approx(0.9 * UNSAID)
    assert blue not in hits(answer)


async def test_a_model_that_came_later_embeds_who_was_kept_before(
    shop: Shop, tmp_path: Path
) -> None:
    core = Vision.load(choose(PackOptions(folder=tmp_path / "b", pack="core")))
    now, shop.eyes = shop.eyes, eyes(core)
    red, _ = await shop.keep(["red", "green"])
    old = await shop.models()
    assert len(old) == 1
    assert (await shop.ask("blorp red")).described is False
    shop.eyes.close()
    shop.eyes, shop.index = now, VectorIndex()
    work = await reembed(shop)
    assert (work.pictures, work.made, work.complete) == (4, 4, True)
    info = shop.eyes.info
    assert await shop.models() == {("body", info.body_model), ("body", info.image_text_model)}
    assert hits(await shop.ask("blorp red")) == [red]
    async with shop.store.transaction() as tx:
        await tx.execute(
            "UPDATE vector_ref SET model = ? WHERE model = ?", (OTHER, info.image_text_model)
        )
    again = await reembed(shop)  # as after a change of the model: the old ones go at last
    assert (again.made, again.complete) == (4, True)
    assert await shop.models() == {("body", info.body_model), ("body", info.image_text_model)}


async def reembed(shop: Shop) -> Reembed:
    clock, counters = SystemClock(), Counters()
    rebuild = Rebuild(
        shop.store, shop.index, shop.thread, RebuildOptions(pause=0, look_every=0),
        alarms=Alarms(shop.store, clock, counters), clock=clock, counters=counters,
    )  # fmt: skip
    await rebuild.run()
    work = Reembed(
        shop.store, shop.index, shop.thread, ReembedOptions(share=1.0, batch=2, page=3),
        eyes=shop.eyes, rebuild=rebuild, clock=clock, counters=counters,
    )  # fmt: skip
    await work.run()
    return work


async def test_staff_is_left_out(shop: Shop) -> None:
    red, other = await shop.keep(["red", "red"])
    async with shop.store.transaction() as tx:
        await insert_staff(tx, "s", "S", 1)
        await tx.execute(
            "INSERT INTO staff_track (track, staff, how, at_ms) VALUES (?, 's', 'told', 1)", (red,)
        )
    assert hits(await shop.ask("blorp red")) == [other]
    assert set(hits(await shop.ask("blorp red", include_staff=True))) == {red, other}
