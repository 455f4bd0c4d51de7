"""Pictures and what is known about them in one file, small enough to be moved about."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

BODY_COLUMNS = 6
"""Picture, left, top, right, bottom (pixels of the stored picture), score."""

FACE_COLUMNS = 16
"""As of a body, then x and y of the five points in the order of `Faces.landmarks`."""


@dataclass(slots=True)
class Pack:
    """Encoded pictures with pseudo-labels.

    Attributes:
        pictures: each one's bytes, WebP.
        names: where each comes from, `<source>/<file>`.
        bodies: (n, 6) float32, see `BODY_COLUMNS`.
        faces: (n, 16) float32, see `FACE_COLUMNS`.
    """

    pictures: list[bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    bodies: Floats = field(default_factory=lambda: np.empty((0, BODY_COLUMNS), np.float32))
    faces: Floats = field(default_factory=lambda: np.empty((0, FACE_COLUMNS), np.float32))

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def bytes(self) -> int:
        """Of all pictures together."""
        return sum(map(len, self.pictures))

    def picture(self, number: int) -> Image:
        """(h, w, 3) uint8, blue green red."""
        decoded = cv2.imdecode(np.frombuffer(self.pictures[number], np.uint8), cv2.IMREAD_COLOR)
        return np.asarray(decoded, np.uint8)

    def save(self, path: Path) -> None:
        """Write it whole or not at all."""
        ends = np.cumsum([0, *map(len, self.pictures)])
        blob = np.frombuffer(b"".join(self.pictures), np.uint8)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(
                file,
                blob=blob,
                ends=ends,
                names=np.array(self.names, np.str_),
                bodies=self.bodies,
                faces=self.faces,
            )
        part.replace(path)


def read_packs(paths: Sequence[Path]) -> Pack:
    """Put packs together, in the order given."""
    whole = Pack()
    bodies, faces = [whole.bodies], [whole.faces]
    for path in paths:
        with np.load(path) as stored:
            blob, ends = stored["blob"].tobytes(), stored["ends"]
            shift = np.float32(len(whole))
            for rows, into in ((stored["bodies"], bodies), (stored["faces"], faces)):
                moved = rows.copy()
                moved[:, 0] += shift
                into.append(moved)
            whole.names += stored["names"].tolist()
        whole.pictures += [blob[start:end] for start, end in itertools.pairwise(ends)]
    whole.bodies, whole.faces = np.concatenate(bodies), np.concatenate(faces)
    return whole


def encoded(image: Image, quality: int) -> bytes:
    """The picture as WebP."""
    done, data = cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of {image.shape} cannot be encoded")
    return bytes(data.tobytes())
