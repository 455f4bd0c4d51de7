"""Instances of pictures of things behind real storage, and pictures drawn at random."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge_agent.commands.images import ImageOperations
from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.image_item import ImageInstance, Look, ServiceType
from edge_agent.images import ImageAnswers, ImageSearch, ImagesOptions, ImagesParts, Uploads
from edge_agent.images.ports import PictureEyes
from edge_agent.media import Decoder
from edge_agent.outbound import FetchLimits, PostLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.storage import Store
from edge_agent.vision.general import CLASSIC, CLASSIC_FLOOR, ClassicPictures
from edge_agent.vision.vision import Vision
from edge_agent.wire.links import LinkSigner

GOODS = ImageInstance(name="goods", service=ServiceType.PRODUCT, capacity=20_000, per_second=10_000)
NOTICES = ImageInstance(name="notices", capacity=10_000, per_second=10_000)
SMALL = ImageInstance(name="small", capacity=2, per_second=10_000)
SLOW = ImageInstance(name="slow", per_second=1)


@dataclass(frozen=True)
class ClassicInfo:
    """What is said of the pictures' vectors."""

    picture_model: str = f"lib/rary@00000001+{CLASSIC}"
    before: str = ""
    described: tuple[float, float] = (0.0, 1.0)

    @property
    def picture_floors(self) -> dict[str, float]:
        models = [one for one in (self.picture_model, self.before) if one]
        return dict.fromkeys(models, CLASSIC_FLOOR)


class ClassicEyes:
    """The eyes of a pack whose networks a library keeps to itself."""

    def __init__(self, model: str = "") -> None:
        self.info = ClassicInfo(model) if model else ClassicInfo()
        self._reader = ClassicPictures()

    async def look_at_picture(self, image: Image) -> Look:
        return await asyncio.to_thread(self._reader.look, image)

    async def look_at_kept(self, picture: Image) -> Look:
        return await self.look_at_picture(picture)

    async def embed_text(self, text: str) -> Floats | None:
        del text
        return None


class PackEyes:
    """A pack on a thread."""

    def __init__(self, vision: Vision) -> None:
        self.info = vision.info
        self._vision = vision

    async def look_at_picture(self, image: Image) -> Look:
        return await asyncio.to_thread(self._vision.look_at_picture, image)

    async def look_at_kept(self, picture: Image) -> Look:
        return await self.look_at_picture(picture)

    async def embed_text(self, text: str) -> Floats | None:
        return await asyncio.to_thread(self._vision.embed_text, text)


def drawn(number: int, *, width: int = 240, height: int = 200) -> Image:
    """A picture of circles and bars, another for each number."""
    rng = np.random.default_rng(number)
    image = np.full((height, width, 3), rng.integers(0, 255, 3), np.uint8)
    for _ in range(12):
        colour = tuple(int(one) for one in rng.integers(0, 255, 3))
        x, y = (int(rng.integers(0, side)) for side in (width, height))
        if rng.random() < 0.5:
            cv2.circle(image, (x, y), int(rng.integers(8, 50)), colour, -1)
        else:
            end = (x + int(rng.integers(10, 90)), y + int(rng.integers(10, 90)))
            cv2.rectangle(image, (x, y), end, colour, -1)
    return image


def encoded(image: Image, suffix: str = ".jpg") -> bytes:
    """The same as a file."""
    return cv2.imencode(suffix, image)[1].tobytes()


def picture(number: int, suffix: str = ".jpg") -> bytes:
    """A drawn picture as a file."""
    return encoded(drawn(number), suffix)


@asynccontextmanager
async def image_search(
    store: Store,
    *,
    eyes: PictureEyes | None = None,
    instances: tuple[ImageInstance, ...] = (GOODS, NOTICES, SMALL, SLOW),
    import_folder: Path | None = None,
    callback: PostLimits | None = None,
    fetch: FetchLimits | None = None,
) -> AsyncIterator[ImageSearch]:
    """Instances that are loaded, and their imports and dumps at work."""
    clock, thread, decoder = SystemClock(), OneThread("images"), Decoder()
    parts = ImagesParts(
        store=store,
        thread=thread,
        eyes=eyes or ClassicEyes(),
        decoder=decoder,
        uploads=Uploads(clock),
        clock=clock,
        counters=Counters(),
    )
    options = ImagesOptions(
        instances=instances,
        import_folder=import_folder,
        callback=callback or PostLimits(),
        fetch=fetch
        or FetchLimits(seconds=1.0, allowed_networks=("127.0.0.0/8",), max_bytes=4 << 20),
    )
    service = ImageSearch(parts, options)
    async with asyncio.TaskGroup() as group:
        again = keep_running(
            "looking again", service.look_again, retry_on=Unavailable, backoff=Backoff(first=0.01)
        )
        running = [group.create_task(work) for work in (service.run(), service.call_back(), again)]
        await service.loaded.wait()
        try:
            yield service
        finally:
            for each in running:
                each.cancel()
            await decoder.close()
            thread.close()


def idle_images(store: Store) -> ImageSearch:
    """Image Search without any instance."""
    clock = SystemClock()
    parts = ImagesParts(
        store=store, thread=OneThread("images"), eyes=ClassicEyes(), decoder=Decoder(),
        uploads=Uploads(clock), clock=clock, counters=Counters(),
    )  # fmt: skip
    return ImageSearch(parts, ImagesOptions())


def image_operations(store: Store, service: ImageSearch | None = None) -> ImageOperations:
    """The operations on pictures of things, as MQTT offers them."""
    links = LinkSigner(b"key of the links of this test", SystemClock())
    return ImageOperations(ImageAnswers(service or idle_images(store), "box-1"), links)
