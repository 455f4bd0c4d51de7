"""After a change of model items are looked at again, and answer meanwhile with what they have."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from typing_extensions import override

from edge_agent.domain import image_asked as asked
from edge_agent.domain.detection import Image
from edge_agent.domain.image_item import Look, Region
from edge_agent.images import ImageSearch
from edge_agent.images.shelf import NOTHING, Query, Shelf
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.image_items import ItemVectors
from edge_agent.vision.errors import VisionFailed
from tests.support.things import ClassicEyes, ClassicInfo, image_search, picture

OLD, NEW = "old/pictures@00000001", "new/pictures@00000002"
ITEMS = 4


class NextEyes(ClassicEyes):
    """Another model, that can still look as the one before; kept pictures wait for leave."""

    def __init__(self, *, before: str = OLD, leave: int = 0) -> None:
        super().__init__()
        self.info = ClassicInfo(NEW, before)
        self.leave = asyncio.Semaphore(leave)
        self.fails: set[int] = set()
        self.looks = 0

    @override
    async def look_at_picture(self, image: Image) -> Look:
        look = await super().look_at_picture(image)
        # not as the model before sees it: vectors of both must not be compared
        turned = np.ascontiguousarray(look.vector[::-1])
        before = self.info.before
        return Look(turned, look.things, {before: look.vector} if before else {})

    @override
    async def look_at_kept(self, picture: Image) -> Look:
        await self.leave.acquire()
        self.looks += 1
        if self.looks in self.fails:
            raise VisionFailed("this picture is too much for it")
        return await self.look_at_picture(picture)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        async with image_search(opened, eyes=ClassicEyes(OLD)) as service:
            for number in range(ITEMS):
                await service.changes.add(adding(number), asker="test")
        yield opened


def adding(number: int, region: Region | None = None) -> asked.AddItem:
    return asked.AddItem(
        instance="goods",
        product="p",
        name=str(number),
        picture=asked.PictureAsked(picture=picture(number), region=region),
    )


async def first(service: ImageSearch, number: int) -> tuple[str, int, float]:
    """What a picture finds: the best one, how many, and its score."""
    wanted = asked.SearchByPicture(
        instance="goods", picture=asked.PictureAsked(picture=picture(number)), paging=asked.Paging()
    )
    page = await service.images.by_picture(wanted, asker="test")
    return page.hits[0].item.name, page.total, page.hits[0].score or 0.0


async def looked_at(service: ImageSearch) -> float:
    told = await service.images.describe(asked.DescribeInstance(instance="goods"), asker="test")
    assert told.model == NEW
    return told.looked_at


async def until(service: ImageSearch, share: float) -> None:
    async with asyncio.timeout(10):
        while await looked_at(service) < share:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def models_of(store: Store) -> list[str]:
    rows = await store.rows("SELECT DISTINCT model FROM image_vector ORDER BY model")
    return [row["model"] for row in rows]


async def test_old_vectors_answer_until_new_ones_are_in(store: Store) -> None:
    eyes = NextEyes()
    async with image_search(store, eyes=eyes) as service:
        assert await looked_at(service) == 0
        for number in range(ITEMS):
            name, total, score = await first(service, number)
            assert (name, total) == (str(number), ITEMS)
            assert score > 0.95
        await service.changes.add(adding(9), asker="test")
        named = asked.SearchByName(
            instance="goods", product="p", name="9", category=None, paging=asked.Paging()
        )
        page = await service.images.by_name(named, asker="test")
        assert (page.total, page.hits[0].item.name) == (ITEMS + 1, "9")
        eyes.leave.release()
        await until(service, 2 / (ITEMS + 1))
        assert await models_of(store) == [NEW, OLD]
        assert (await first(service, 0))[:2] == ("0", ITEMS + 1)
    again = NextEyes(leave=ITEMS)  # what is left goes on after every kind of stop
    async with image_search(store, eyes=again) as service:
        await until(service, 1)
        assert again.looks == ITEMS - 1
        assert (await first(service, 3))[:2] == ("3", ITEMS + 1)
    assert await models_of(store) == [NEW]


async def test_without_the_model_before_items_are_found_as_they_come(store: Store) -> None:
    eyes = NextEyes(before="")
    async with image_search(store, eyes=eyes) as service:
        wanted = asked.SearchByPicture(
            instance="goods", picture=asked.PictureAsked(picture=picture(0)), paging=asked.Paging()
        )
        assert (await service.images.by_picture(wanted, asker="test")).hits == ()
        everything = asked.SearchByFilter(instance="goods", paging=asked.Paging())
        assert len((await service.images.by_filter(everything, asker="test")).hits) == ITEMS
        eyes.leave.release()
        await until(service, 1 / ITEMS)
        assert (await first(service, 0))[:2] == ("0", 1)


async def test_what_cannot_be_looked_at_holds_up_nothing_else(store: Store) -> None:
    rows = await store.rows("SELECT picture FROM image_item ORDER BY id")
    await store.images.delete([rows[0]["picture"]])
    await store.images.write([(rows[1]["picture"], b"no picture at all")])
    eyes = NextEyes(leave=100)
    eyes.fails = {1}
    async with image_search(store, eyes=eyes) as service:
        await until(service, 2 / ITEMS)
        changed = asked.DeleteItems(instance="goods", product="p", name="0")
        await service.changes.delete(changed, asker="test")
        assert (await first(service, 3))[:2] == ("3", ITEMS - 1)


async def test_a_region_stays_what_counts(store: Store) -> None:
    async with image_search(store, eyes=ClassicEyes(OLD)) as service:
        await service.changes.add(adding(7, Region(20, 180, 20, 180)), asker="test")
    async with image_search(store, eyes=NextEyes(leave=100)) as service:
        await until(service, 1)
    rows = await store.rows(
        "SELECT part FROM image_vector JOIN image_item ON id = item WHERE name = '7'"
    )
    assert [row["part"] for row in rows] == [1]


def test_a_shelf_keeps_rows_apart_as_they_move() -> None:
    """Against a list of rows that are moved in the same way."""
    rng = np.random.default_rng(5)
    shelf, plain = Shelf(3), list[ItemVectors | None]()
    for _ in range(600):
        draw = rng.random()
        if draw < 0.5 or not plain:
            plain.append(_drawn(rng))
            shelf.append(plain[-1])
        elif draw < 0.7:
            row = int(rng.integers(len(plain)))
            plain[row] = _drawn(rng) or plain[row]
            if plain[row] is not None:
                shelf.put(row, plain[row])  # type: ignore[arg-type]
        elif draw < 0.8:
            row = int(rng.integers(len(plain)))
            plain[row] = None
            shelf.clear(row)
        else:
            row = int(rng.integers(len(plain)))
            plain[row] = plain[-1]
            plain.pop()
            shelf.remove(row)
    query = np.array([1, 0, 0], np.float32)
    scores = shelf.scores(Query(None, query), np.arange(len(plain)))
    expected = [
        NOTHING
        if one is None
        else max(float(v @ query) for v in (one.whole, one.part) if v is not None)
        for one in plain
    ]
    assert scores == pytest.approx(np.array(expected), abs=1e-6)
    assert shelf.held == sum(one is not None for one in plain)
    assert list(shelf.without()) == [row for row, one in enumerate(plain) if one is None]


def _drawn(rng: np.random.Generator) -> ItemVectors | None:
    whole, part = (rng.normal(size=3).astype(np.float32) for _ in range(2))
    kind = rng.random()
    if kind < 0.2:
        return None
    return ItemVectors("m", None if kind < 0.4 else whole, None if kind > 0.7 else part)
