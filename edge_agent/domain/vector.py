"""Embeddings and what they may be compared with."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.domain.detection import Floats


class Part(StrEnum):
    """Which part of a person a picture or a vector shows."""

    FACE = "face"
    BODY = "body"


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """A unit-length embedding, stamped with the model that made it.

    Vectors of different `model` are never compared.

    Attributes:
        part: face or body.
        model: the stamp, `<pack>/<model name>@<first 8 digits of the weight file's sha256>`.
        values: (d,) float32 of length 1; the similarity of two vectors is their dot product.
    """

    part: Part
    model: str
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class StoredVector:
    """A vector of a track, as kept and as indexed.

    Attributes:
        id: its own id.
        track: the track it belongs to.
        camera: the camera of that track.
        at_ms: when the picture it was made from was taken.
        quality: of that picture, 0 to 1.
    """

    id: str
    track: str
    camera: str
    at_ms: int
    quality: float
    vector: Vector
