"""One stored picture becomes a vector of the models in use, or a reason why there can be none."""

import asyncio
import hashlib
from typing import Protocol

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Marks
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.media import PictureLimits, decode_picture
from edge_agent.runtime.clock import Clock
from edge_agent.storage.embeddings import Unembedded
from edge_agent.storage.store import Store
from edge_agent.vision import PackInfo

_LIMITS = PictureLimits(min_side=1)


class Eyes(Protocol):
    """What upkeep needs of vision."""

    @property
    def info(self) -> PackInfo:
        """Names the models that stamp the vectors."""

    async def embed_kept(self, part: Part, picture: Image, marks: Marks | None) -> Floats | None:
        """(d,) unit row when nobody else wants the models; None where the face is not found."""

    async def describe_kept(self, picture: Image, marks: Marks | None) -> Floats | None:
        """(d,) unit row of a body, for texts; None without an image-text model."""


class NoVectorError(Exception):
    """A picture of which no vector can be made, with the reason as it is counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeptPictures:
    """Embeds stored pictures.

    Attributes:
        models: the stamps in use, with the parts that they look at.
    """

    def __init__(self, store: Store, eyes: Eyes, clock: Clock) -> None:
        self._store = store
        self._eyes = eyes
        self._clock = clock
        info = eyes.info
        self.models = [(Part.FACE, info.face_model), (Part.BODY, info.body_model)]
        if info.image_text_model is not None:
            self.models.append((Part.BODY, info.image_text_model))

    async def vector_of(self, one: Unembedded) -> StoredVector:
        """The vector of a picture.

        Raises:
            NoVectorError: there can be none.
            VisionFailed: the model fails.
            Unavailable: the disk fails.
        """
        part, picture = one.shot.part, await self._picture(one)
        if one.model == self._eyes.info.image_text_model:
            values = await self._eyes.describe_kept(picture, one.marks)
        else:
            values = await self._eyes.embed_kept(part, picture, one.marks)
        if values is None:
            raise NoVectorError("not_found")
        return StoredVector(
            id=new_id(self._clock.now_ms()),
            track=one.track,
            camera=one.camera,
            at_ms=one.shot.at_ms,
            quality=one.shot.quality,
            vector=Vector(part, one.model, values),
        )

    async def _picture(self, one: Unembedded) -> Image:
        try:
            data = await self._store.pictures.read(one.shot.picture)
            if one.sha256 is not None and hashlib.sha256(data).hexdigest() != one.sha256:
                raise NoVectorError("damaged")
            return await asyncio.to_thread(decode_picture, data, _LIMITS)
        except NotFound:
            raise NoVectorError("missing") from None
        except Refused:
            raise NoVectorError("damaged") from None
