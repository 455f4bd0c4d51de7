"""What the detectors saw in one frame."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]
"""(h, w, 3) uint8, blue green red, as OpenCV keeps pictures."""


def _check(name: str, array: Floats, shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """All bodies found in one frame, one row each.

    Attributes:
        xyxy: (n, 4) float32 corners in pixels of the full frame; may reach past its edges.
        score: (n,) float32 confidence, 0 to 1.
    """

    xyxy: Floats
    score: Floats

    def __post_init__(self) -> None:
        _check("xyxy", self.xyxy, (None, 4))
        _check("score", self.score, (len(self.xyxy),))

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Self:
        """Take rows by a boolean mask or an index array."""
        return type(self)(self.xyxy[rows], self.score[rows])

    @classmethod
    def none(cls) -> Self:
        """Nobody was seen."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """All faces found in one frame, one row each.

    Attributes:
        xyxy: (n, 4) float32 corners in pixels of the full frame; may reach past its edges.
        score: (n,) float32 confidence, 0 to 1.
        landmarks: (n, 5, 2) float32 pixels of the full frame: the eye on the left of the picture,
            the eye on its right, nose tip, mouth corner on the left, mouth corner on the right.
    """

    xyxy: Floats
    score: Floats
    landmarks: Floats

    def __post_init__(self) -> None:
        _check("xyxy", self.xyxy, (None, 4))
        _check("score", self.score, (len(self.xyxy),))
        _check("landmarks", self.landmarks, (len(self.xyxy), 5, 2))

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Self:
        """Take rows by a boolean mask or an index array."""
        return type(self)(self.xyxy[rows], self.score[rows], self.landmarks[rows])

    @classmethod
    def none(cls) -> Self:
        """No face was seen."""
        return cls(
            np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty((0, 5, 2), np.float32)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Everything the detectors found in one frame."""

    faces: Faces
    bodies: Bodies
