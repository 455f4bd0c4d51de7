"""From a picture as it was sent to what is compared of it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import AgentError, TooLarge, Unavailable
from edge_agent.domain.image_asked import PictureAsked, PictureSource
from edge_agent.domain.image_item import (
    Category,
    ImageItem,
    ImageProblem,
    ImageRefused,
    Look,
    Region,
    ServiceType,
    Things,
)
from edge_agent.images.ports import PictureDecoder, PictureEyes
from edge_agent.images.subjects import subjects_of
from edge_agent.media import crop, decode_picture, encode_jpeg
from edge_agent.outbound import FetchLimits, fetch_picture
from edge_agent.storage.image_items import ItemVectors

_QUALITY = 90

SMALLEST: Final[Mapping[ServiceType, int]] = {
    ServiceType.FABRIC: 448,
    ServiceType.TRADEMARK: 200,
    ServiceType.TRADEMARK_OF_OLD: 200,
}
"""Pixels that each side of a picture must have, where that is more than the decoder asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A picture that has been looked at.

    Attributes:
        vectors: of it, by each model that looks at pictures, the one in use first.
        region: what of it counts most: as asked, else its main subject, else all of it.
        others: its subjects, the main one first.
        category: as asked, else of its main subject.
        width: of it, pixels.
        things: what stands in it, as `ImageItem.things`.
        kept: it as JPEG.
    """

    vectors: tuple[ItemVectors, ...]
    region: Region
    others: tuple[Region, ...]
    category: int
    width: int
    things: tuple[tuple[int, float], ...]
    kept: bytes


class Looking:
    """Fetches, decodes and looks.

    Args:
        eyes: look.
        decoder: decodes.
        fetch: how far the box goes for a picture.
        keep_side: longer side of what is kept, pixels.
        own: the bytes behind an address of the box itself, where it is one of an upload.
    """

    def __init__(
        self,
        eyes: PictureEyes,
        decoder: PictureDecoder,
        fetch: FetchLimits,
        keep_side: int,
        own: Callable[[str], bytes | None],
    ) -> None:
        self._eyes = eyes
        self._decoder = decoder
        self._fetch = fetch
        self._keep_side = keep_side
        self._own = own

    async def look(self, asked: PictureAsked, service: ServiceType) -> Looked:
        """Look at a picture.

        Args:
            asked: the picture, and what of it counts.
            service: of the instance; only products have categories.

        Raises:
            ImageRefused: the picture cannot be used, or its region lies outside.
            Unavailable: a model does not answer.
        """
        image = await self.decoded(asked.picture, service)
        height, width = image.shape[:2]
        if asked.region is not None:
            _check_region(asked.region, width, height)
        look = await self._eyes.look_at_picture(image)
        subjects = subjects_of(look.things, width, height)
        main = asked.region or (subjects.regions[0] if asked.crop and subjects.regions else None)
        part = None
        if main is not None:
            cut = crop(image, (main.x1, main.y1, main.x2, main.y2))
            part = await self._eyes.look_at_picture(cut)
        category = subjects.category if asked.category is None else asked.category
        return Looked(
            vectors=vectors_of(None if asked.region else look, part, self._eyes.info.picture_model),
            region=main or Region(0, width, 0, height),
            others=subjects.regions,
            category=int(category if service is ServiceType.PRODUCT else Category.OTHER),
            width=width,
            things=_best_of_each(look.things),
            kept=await asyncio.to_thread(_kept, image, self._keep_side),
        )

    async def look_again(
        self, item: ImageItem, kept: bytes, *, alone: bool, idly: bool
    ) -> tuple[ItemVectors, ...]:
        """Look at the kept picture of an item.

        Args:
            item: whose.
            kept: the file.
            alone: its region counts, and not the whole picture.
            idly: only when nobody else wants the models.

        Raises:
            Unavailable: a model does not answer.
        """
        look = self._eyes.look_at_kept if idly else self._eyes.look_at_picture
        image = await asyncio.to_thread(decode_picture, kept)  # the box wrote it
        part = None
        if item.region is not None:
            scaled = _scaled(item.region, image.shape[1] / item.width)
            part = await look(crop(image, scaled))
        whole = None if alone and part is not None else await look(image)
        return vectors_of(whole, part, self._eyes.info.picture_model)

    async def decoded(self, picture: PictureSource, service: ServiceType) -> Image:
        """The pixels of a picture.

        Raises:
            ImageRefused: it cannot be had or decoded, or is too small for the service.
        """
        data = picture if isinstance(picture, bytes) else await self._fetched(picture)
        image = await self._decoder.decode(data)
        if service in SMALLEST and min(image.shape[:2]) < SMALLEST[service]:
            raise ImageRefused(
                ImageProblem.PIXELS,
                f"{image.shape[1]} x {image.shape[0]} pixels; for this instance each side has to"
                f" have {SMALLEST[service]} or more",
                field="picture",
            )
        return image

    async def _fetched(self, address: str) -> bytes:
        own = self._own(address)
        if own is not None:
            return own
        try:
            return await fetch_picture(address, self._fetch)
        except TooLarge as error:
            raise _refused(ImageProblem.CONTENT, error) from error
        except Unavailable as error:
            late = isinstance(error.__context__, TimeoutError)
            problem = ImageProblem.TRANSFER if late else ImageProblem.URL
            raise _refused(problem, error) from error
        except AgentError as error:
            raise _refused(ImageProblem.URL, error) from error


def vectors_of(whole: Look | None, part: Look | None, model: str) -> tuple[ItemVectors, ...]:
    """The vectors of looks by model, the one in use first; one of both looks at least."""
    looks = [
        None if look is None else {model: look.vector, **look.others} for look in (whole, part)
    ]
    return tuple(
        ItemVectors(name, *(None if one is None else one[name] for one in looks))
        for name in next(one for one in looks if one is not None)
    )


def _best_of_each(things: Things) -> tuple[tuple[int, float], ...]:
    # The best come first, so of each kind the first counts.
    found: dict[int, float] = {}
    for kind, score in zip(things.kind, things.score, strict=True):
        found.setdefault(int(kind), round(float(score), 3))
    return tuple(sorted(found.items()))


def _refused(problem: ImageProblem, error: AgentError) -> ImageRefused:
    return ImageRefused(problem, str(error), field="picture")


def _check_region(region: Region, width: int, height: int) -> None:
    inside = 0 <= region.x1 < region.x2 <= width and 0 <= region.y1 < region.y2 <= height
    if not inside:
        raise ImageRefused(
            ImageProblem.REGION,
            f"the region {region} does not lie within {width} x {height} pixels",
            field="region",
        )


def _scaled(region: Region, scale: float) -> tuple[float, float, float, float]:
    x1, y1 = region.x1 * scale, region.y1 * scale
    return x1, y1, max(region.x2 * scale, x1 + 1), max(region.y2 * scale, y1 + 1)


def _kept(image: Image, side: int) -> bytes:
    """The picture as JPEG, and no larger than it is good for."""
    scale = side / max(image.shape[:2])
    if scale < 1:
        size = [max(1, round(edge * scale)) for edge in image.shape[1::-1]]
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return encode_jpeg(image, _QUALITY)
