"""Image Search with an image-text pack: its vectors, and texts held against them.

The tokenizer is CLIP's published one, the towers are small graphs of the real shape.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.domain import image_asked as asked
from edge_agent.images import ImageSearch
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.vision.packs import PackOptions, choose
from edge_agent.vision.vision import Vision
from tests.support.things import PackEyes, encoded, image_search
from tests.support.towers import clip_form, filled, loaded

PUBLISHED = "clip_bpe_simple_vocab_16e6.txt.gz"
COLOURS = {"red": (0, 0, 250), "green": (0, 250, 0), "blue": (250, 0, 0)}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


def eyes(folder: Path) -> PackEyes:
    """Of a pack with an image-text model; its tokenizer is the published one where it is here."""
    path = Path(os.environ.get("EDGE_AGENT_MODEL_MIRROR", ""), PUBLISHED)
    merges = path.read_bytes() if path.is_file() else None
    clip_form(folder, merges, described=[0.3, 1.0], unlike=0.1, prompt="{}")
    return PackEyes(loaded(folder))


async def add_colours(service: ImageSearch) -> None:
    for name, colour in COLOURS.items():
        picture = asked.PictureAsked(picture=encoded(filled(colour, side=120), ".png"))
        item = asked.AddItem(instance="goods", product="p", name=name, picture=picture)
        await service.changes.add(item, asker="test")


async def by_text(service: ImageSearch, text: str, **paging: object) -> list[tuple[str, float]]:
    wanted = asked.SearchByText(
        instance="goods",
        text=text,
        paging=asked.Paging(**paging),  # type: ignore[arg-type]
    )
    page = await service.images.by_text(wanted, asker="test")
    return [(hit.item.name, hit.score or 0.0) for hit in page.hits]


async def test_words_find_pictures_that_look_so(store: Store, tmp_path: Path) -> None:
    pack = eyes(tmp_path)
    async with image_search(store, eyes=pack) as service:
        await add_colours(service)
        for name in COLOURS:
            ((found, score),) = await by_text(service, name)
            assert (found, score > 0.9) == (name, True)
        both = await by_text(service, "red green")
        assert sorted(name for name, _ in both) == ["green", "red"]
        assert await by_text(service, "red green", least=0.9) == []
        assert await by_text(service, "nothing of it") == []
        told = await service.images.describe(asked.DescribeInstance(instance="goods"), asker="test")
        assert (told.model, told.looked_at) == (pack.info.image_text_model, 1)
        same = asked.PictureAsked(picture=encoded(filled((0, 20, 230), side=120), ".png"))
        wanted = asked.SearchByPicture(instance="goods", picture=same, paging=asked.Paging())
        page = await service.images.by_picture(wanted, asker="test")
        assert page.hits[0].item.name == "red"
    rows = await store.rows("SELECT DISTINCT model FROM image_vector")
    assert [row["model"] for row in rows] == [pack.info.image_text_model]


async def test_items_of_before_the_pack_answer_and_become_described(
    store: Store, tmp_path: Path
) -> None:
    core = PackEyes(Vision.load(choose(PackOptions(folder=tmp_path, pack="core"))))
    async with image_search(store, eyes=core) as service:
        await add_colours(service)
        assert await by_text(service, "red") == []
    async with image_search(store, eyes=eyes(tmp_path)) as service:
        found = list[tuple[str, float]]()
        while len(found) < 2:
            found = await by_text(service, "red green")
        assert sorted(name for name, _ in found) == ["green", "red"]
