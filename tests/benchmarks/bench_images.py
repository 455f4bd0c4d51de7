"""Pictures of things: copies found among captioned pictures, and rates at 100,000 items.

Copies: every picture of `labelled/*/captions.jsonl` is added, then asked for by a crop of 80 % of
its sides (from the middle, and from a corner), at half its size, compressed again at quality 30,
lighter and darker, each through the whole service, and then by every caption
(`worded_pictures`). Rates: vectors made at random with the pictures'
own length, with attributes, searched under a filter that admits a third, beside the same vectors in
one numpy array. `--quick` takes a tenth of both.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from edge_agent.domain import image_asked as asked
from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.image_item import ImageInstance, ImageItem
from edge_agent.domain.item_filter import parse_filter
from edge_agent.images import ImageSearch, ImagesOptions, ImagesParts, Uploads
from edge_agent.media import Decoder, DecoderLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.storage.image_items import ItemVectors, put_item
from edge_agent.vision.vision import Vision
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting
from tests.benchmarks.worded_pictures import LANGUAGES, by_words
from tests.support.things import PackEyes

INSTANCES = (
    ImageInstance(name="copies", per_second=100_000),
    ImageInstance(name="many", per_second=100_000, capacity=1_000_000),
)
FILTER = 'int_attr in (0, 3, 6) AND str_attr != "none"'
TIMES = 100


def _recompressed(image: Image) -> Image:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _middle(image: Image) -> Image:
    height, width = image.shape[:2]
    return image[height // 10 : height - height // 10, width // 10 : width - width // 10]


def _corner(image: Image) -> Image:
    height, width = image.shape[:2]
    return image[height // 5 :, width // 5 :]


def _half(image: Image) -> Image:
    size = (image.shape[1] // 2, image.shape[0] // 2)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


COPIES: dict[str, Callable[[Image], Image]] = {
    "crop, middle": _middle,
    "crop, corner": _corner,
    "half size": _half,
    "recompressed": _recompressed,
    "lighter": lambda image: np.asarray(cv2.convertScaleAbs(image, alpha=1.2, beta=30), np.uint8),
    "darker": lambda image: np.asarray(cv2.convertScaleAbs(image, alpha=0.6), np.uint8),
}


def run(setting: Setting) -> Report:
    """Measure everything there is data for."""
    report = Report("images")
    vision = setting.vision()
    report.fact("model", vision.info.picture_model)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measured(setting, report, vision, Path(folder)))
    return report


async def _measured(setting: Setting, report: Report, vision: Vision, folder: Path) -> None:
    clock, thread = SystemClock(), OneThread("images")
    # The captioned pictures are small: half of one is smaller than clients may send.
    decoder = Decoder(DecoderLimits(min_side=16))
    async with await Store.open(folder, clock=clock) as store:
        count = 10_000 if setting.quick else 100_000
        vectors = await _filled(store, vision.info.picture_model, count, setting)
        parts = ImagesParts(
            store=store,
            thread=thread,
            eyes=PackEyes(vision),
            decoder=decoder,
            uploads=Uploads(clock),
            clock=clock,
            counters=Counters(),
        )
        service = ImageSearch(parts, ImagesOptions(instances=INSTANCES))
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(service.run())
            await service.loaded.wait()
            report.fact(f"loading {count} items at start, s", time.perf_counter() - began)
            try:
                await _searched(report, service, vectors)
                captioned = list(_captioned(setting))
                pictures = [data for data, _ in captioned]
                await _added(report, service, vision, pictures[:100], folder)
                await _copies(report, service, pictures, setting)
                captions = [line for _, line in captioned]
                await by_words(report, service, captions, setting.console)
            finally:
                running.cancel()
                await decoder.close()
                thread.close()


async def _filled(store: Store, model: str, count: int, setting: Setting) -> Floats:
    """Random unit vectors as items of instance `many`; returns them as they are compared."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    step = 1000
    began = time.perf_counter()
    for start in track(range(0, count, step), "filling", console=setting.console):
        async with store.transaction() as tx:
            for at in range(start, start + step):
                item = ImageItem(
                    product=f"p{at // 3}",
                    name=str(at),
                    ints=(at % 9, at, None, None),
                    texts=(f"t{at % 5}", None, None, None),
                    width=1,
                    picture=f"{at:032x}",
                )
                await put_item(tx, "many", item, ItemVectors(model, vectors[at], None))
    setting.console.print(f"filled in {time.perf_counter() - began:.0f} s")
    return vectors.astype(np.float16).astype(np.float32)


async def _searched(report: Report, service: ImageSearch, vectors: Floats) -> None:
    count = len(vectors)
    wanted = asked.SearchByName(
        instance="many",
        product="p0",
        name="0",
        category=None,
        paging=asked.Paging(filter=parse_filter(FILTER), count=10),
    )
    admitted = np.isin(np.arange(count) % 9, (0, 3, 6))

    def plain(*, masked: bool) -> None:
        scores = vectors @ vectors[0]
        if masked:
            scores = np.where(admitted, scores, np.float32(-2))
        best = np.argpartition(-scores, 10)[:10]
        best[np.argsort(-scores[best])]

    ours: list[float] = []
    bare: list[float] = []
    masked: list[float] = []
    for _ in range(TIMES):
        for took, mask in ((bare, False), (masked, True)):
            began = time.perf_counter()
            await asyncio.to_thread(plain, masked=mask)
            took.append(time.perf_counter() - began)
        began = time.perf_counter()
        page = await service.images.by_name(wanted, asker="bench")
        ours.append(time.perf_counter() - began)
        if page.hits[0].item.name != "0" or page.total != int(admitted.sum()):
            raise SystemExit(f"the wrong answer: {page.total} items, first {page.hits[:1]}")
    middle = {name: quantile(took, 0.5) for name, took in
              (("service", ours), ("plain", bare), ("masked", masked))}  # fmt: skip
    report.fact(f"search with a filter at {count} items, ms", middle["service"] * 1e3)
    report.fact("the same in a numpy array without a filter, ms", middle["plain"] * 1e3)
    report.fact("the same in a numpy array with a ready mask, ms", middle["masked"] * 1e3)
    report.fact("searches per second", 1 / middle["service"])
    report.target(
        f"search with a filter at {count} items / numpy array with a ready mask",
        middle["service"] / middle["masked"], "times", "<= 1.5",
    )  # fmt: skip


async def _added(
    report: Report, service: ImageSearch, vision: Vision, pictures: list[bytes], folder: Path
) -> None:
    """The rate of adds at full size, beside looking and one durable write of the same bytes."""
    eyes = PackEyes(vision)
    ours, floor = [], []
    for number, data in enumerate(pictures):
        image = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), 1), np.uint8)
        began = time.perf_counter()
        await eyes.look_at_picture(image)
        with (folder / "floor").open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        floor.append(time.perf_counter() - began)
        wanted = replace(
            _adding(data, number, "many"), picture=asked.PictureAsked(picture=data, crop=False)
        )
        began = time.perf_counter()
        await service.changes.add(wanted, asker="bench")
        ours.append(time.perf_counter() - began)
    report.fact("an add to them, whole picture alone, ms", quantile(ours, 0.5) * 1e3)
    report.fact("adds per second, one after the other", 1 / quantile(ours, 0.5))
    report.fact("looking and one durable write, ms", quantile(floor, 0.5) * 1e3)
    report.target(
        "an add / looking and one durable write",
        quantile(ours, 0.5) / quantile(floor, 0.5), "times", "<= 3",
    )  # fmt: skip


def _adding(data: bytes, number: int, instance: str) -> asked.AddItem:
    return asked.AddItem(
        instance=instance,
        product=f"added-{number}",
        name=str(number),
        picture=asked.PictureAsked(picture=data),
    )


async def _copies(
    report: Report, service: ImageSearch, pictures: list[bytes], setting: Setting
) -> None:
    for number, data in enumerate(track(pictures, "adding", console=setting.console)):
        await service.changes.add(_adding(data, number, "copies"), asker="bench")
    report.fact("pictures", len(pictures))
    for name, change in COPIES.items():
        right = 0
        for number, data in enumerate(track(pictures, name, console=setting.console)):
            image = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), 1), np.uint8)
            changed = cv2.imencode(".jpg", change(image), [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
            wanted = asked.SearchByPicture(
                instance="copies",
                picture=asked.PictureAsked(picture=changed.tobytes()),
                paging=asked.Paging(count=1),
            )
            page = await service.images.by_picture(wanted, asker="bench")
            right += page.hits[0].item.name == str(number)
        report.target(f"top-1, {name}", right / len(pictures), "", ">= 0.95")


def _captioned(setting: Setting) -> Iterator[tuple[bytes, dict[str, list[str]]]]:
    """Pictures and their captions by language; with `--quick` every tenth."""
    for captions in sorted(setting.need_data().glob("labelled/*/captions.jsonl")):
        lines = captions.read_text("utf-8").splitlines()
        for line in lines[:: 10 if setting.quick else 1]:
            read = json.loads(line)
            path = next(captions.parent.rglob(Path(read["image"]).name))
            yield path.read_bytes(), {language: read[language] for language in LANGUAGES}
