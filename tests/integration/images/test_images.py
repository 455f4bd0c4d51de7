"""The service over real storage: what is answered is durable, found at once, and found again."""

from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain import image_asked as asked
from edge_agent.domain.image_item import (
    ImageInstance,
    ImageProblem,
    ImageRefused,
    Region,
    ServiceType,
)
from edge_agent.domain.item_filter import parse_filter
from edge_agent.images import Images
from edge_agent.media import Decoder, DecoderLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from tests.support.things import drawn, encoded, image_search, picture


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


def adding(
    number: int, *, instance: str = "goods", product: str | None = None, value: int | None = None
) -> asked.AddItem:
    return asked.AddItem(
        instance=instance,
        product=product or f"product-{number}",
        name=f"{number}.jpg",
        picture=asked.PictureAsked(picture=picture(number)),
        ints=(value, None, None, None),
    )


def asking(data: bytes, **paging: object) -> asked.SearchByPicture:
    return asked.SearchByPicture(
        instance="goods",
        picture=asked.PictureAsked(picture=data),
        paging=asked.Paging(**paging),  # type: ignore[arg-type]
    )


async def names(images: Images, wanted: asked.SearchByPicture) -> list[str]:
    page = await images.by_picture(wanted, asker="test")
    return [hit.item.name for hit in page.hits]


async def test_items_survive_and_are_found_at_once(store: Store) -> None:
    async with image_search(store) as service:
        for number in range(5):
            await service.changes.add(adding(number, value=number), asker="test")
            assert (await names(service.images, asking(picture(number))))[0] == f"{number}.jpg"
        await service.changes.delete(
            asked.DeleteItems(instance="goods", product="product-1"), asker="test"
        )
    (store.images.folder / "00").mkdir(exist_ok=True)
    (store.images.folder / "00" / f"{'0' * 32}.jpg").write_bytes(b"left over by a crash")
    async with image_search(store) as again:
        small = cv2.resize(drawn(3), (144, 120), interpolation=cv2.INTER_AREA)
        half = encoded(np.asarray(small, np.uint8))
        assert (await names(again.images, asking(half)))[0] == "3.jpg"
        assert sorted(await names(again.images, asking(half))) == [
            f"{one}.jpg" for one in (0, 2, 3, 4)
        ]
        kept = [one async for ids in store.images.ids() for one in ids]
        assert len(kept) == 4
        found = await again.images.by_filter(
            asked.SearchByFilter(
                instance="goods", paging=asked.Paging(filter=parse_filter("int_attr in (0,4)"))
            ),
            asker="test",
        )
        assert [hit.item.name for hit in found.hits] == ["0.jpg", "4.jpg"]


async def test_pages_products_and_scores(store: Store) -> None:
    async with image_search(store) as service:
        images = service.images
        for number in range(6):
            await service.changes.add(adding(number, product=f"p{number % 2}"), asker="test")
        everything = await names(images, asking(picture(0), count=100))
        assert len(everything) == 6
        assert everything[0] == "0.jpg"
        pages = [await names(images, asking(picture(0), start=at, count=2)) for at in (0, 2, 4, 6)]
        assert [*pages[0], *pages[1], *pages[2]] == everything
        assert pages[3] == []
        distinct = await images.by_picture(asking(picture(0), distinct=True), asker="test")
        assert sorted(hit.item.product for hit in distinct.hits) == ["p0", "p1"]
        assert distinct.total == 2
        assert distinct.hits[0].item.name == "0.jpg"
        assert await names(images, asking(picture(0), least=0.98)) == ["0.jpg"]


async def test_what_is_replaced_is_gone(store: Store) -> None:
    async with image_search(store) as service:
        await service.changes.add(adding(1), asker="test")
        other = asked.AddItem(
            instance="goods",
            product="product-1",
            name="1.jpg",
            picture=asked.PictureAsked(picture=picture(2), region=Region(10, 110, 10, 110)),
        )
        await service.changes.add(other, asker="test")
        (only,) = (await service.images.by_picture(asking(picture(1)), asker="test")).hits
        assert only.score is not None
        assert only.score < 0.9
        told = await service.images.describe(asked.DescribeInstance(instance="goods"), asker="test")
        assert told.items == 1
        assert [one async for ids in store.images.ids() for one in ids] == [only.item.picture]


async def test_limits_of_instances(store: Store) -> None:
    async with image_search(store) as service:
        for number in range(2):
            await service.changes.add(adding(number, instance="small"), asker="test")
        with pytest.raises(ImageRefused) as full:
            await service.changes.add(adding(2, instance="small"), asker="test")
        assert full.value.problem is ImageProblem.OVER_QUOTA
        await service.changes.add(
            adding(1, instance="small"), asker="test"
        )  # replaced, not one more
        await service.changes.add(adding(1, instance="slow"), asker="test")
        with pytest.raises(ImageRefused) as often:
            await service.changes.add(adding(2, instance="slow"), asker="test")
        assert often.value.problem is ImageProblem.TOO_OFTEN


def turned(data: bytes) -> bytes:
    """A JPEG whose Exif says that it has to be turned by a quarter."""
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]


async def test_pictures_of_every_format_and_what_is_none() -> None:
    decoder = Decoder(DecoderLimits(seconds=2, idle_s=0.05))
    try:
        for suffix in (".png", ".jpg", ".bmp", ".gif", ".webp", ".tiff", ".ppm"):
            image = await decoder.decode(picture(1, suffix))
            assert image.shape == (200, 240, 3), suffix
        for data, problem in (
            (b"no picture", ImageProblem.FORMAT),
            (b"", ImageProblem.FORMAT),
            (picture(1)[:900], ImageProblem.FORMAT),
            (b"GIF89a" + b"\xc8\0\xc8\0" + bytes(40), ImageProblem.FORMAT),
            (encoded(np.zeros((99, 300, 3), np.uint8)), ImageProblem.PIXELS),
            (encoded(np.zeros((100, 4097, 3), np.uint8)), ImageProblem.PIXELS),
            (turned(picture(1)), ImageProblem.ORIENTATION),
            (bytes(4 * 1024 * 1024 + 1), ImageProblem.CONTENT),
        ):
            with pytest.raises(ImageRefused) as refused:
                await decoder.decode(data)
            assert refused.value.problem is problem
        assert (await decoder.decode(picture(2))).shape == (200, 240, 3)
    finally:
        await decoder.close()


async def test_a_picture_that_takes_too_much_memory_hurts_the_decoder_alone() -> None:
    large = encoded(np.zeros((4000, 4000, 3), np.uint8), ".png")
    decoder = Decoder(DecoderLimits(memory=150 << 20, seconds=5))
    try:
        with pytest.raises(ImageRefused):
            await decoder.decode(large)
        assert (await decoder.decode(picture(1))).shape == (200, 240, 3)
    finally:
        await decoder.close()


@pytest.mark.parametrize(
    ("service", "side"),
    [
        (ServiceType.GENERIC, 100),
        (ServiceType.TRADEMARK, 200),
        (ServiceType.TRADEMARK_OF_OLD, 200),
        (ServiceType.FABRIC, 448),
    ],
)
async def test_the_smallest_picture_depends_on_the_service(
    store: Store, service: ServiceType, side: int
) -> None:
    instance = ImageInstance(name="of-that", service=service, per_second=100)
    async with image_search(store, instances=(instance,)) as search:
        for height, taken in ((side, True), (side - 1, False)):
            data = encoded(drawn(1, width=500, height=height))
            sent = asked.PictureAsked(picture=data)
            item = asked.AddItem(instance="of-that", product="p", name="n", picture=sent)
            both = asked.ComparePictures(instance="of-that", first=data, second=data)
            if taken:
                await search.changes.add(item, asker="test")
                assert await search.images.compare(both, asker="test") == pytest.approx(1)
                continue
            wanted = asked.SearchByPicture(instance="of-that", picture=sent, paging=asked.Paging())
            for refused in (
                search.changes.add(item, asker="test"),
                search.images.by_picture(wanted, asker="test"),
                search.images.compare(both, asker="test"),
            ):
                with pytest.raises(ImageRefused) as error:
                    await refused
                assert error.value.problem is ImageProblem.PIXELS
