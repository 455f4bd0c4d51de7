"""Copies of videos as people make them, with what is true about each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
MOST_SIDE = 960
"""Pixels; larger originals are scaled down before they are copied, to save the bench's time."""


@dataclass(frozen=True, slots=True)
class Original:
    """A video in memory: seconds and pictures (h, w, 3) BGR."""

    key: str
    at: npt.NDArray[np.float64]
    pictures: Sequence[Image]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.at[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a copy is made.

    Attributes:
        change: of each picture.
        crf: of x264.
        speed: seconds of the original per second of the copy.
        fps: of the copy; 0 takes 15.
        seconds: of the original that are copied.
    """

    change: Callable[[Image], Image] = lambda picture: picture
    crf: int = 23
    speed: float = 1.0
    fps: int = 15
    seconds: float = 8.0


def _scaled(picture: Image) -> Image:
    return _image(cv2.resize(picture, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA))


def _cropped(picture: Image) -> Image:
    """80 % of width and of height, around the middle."""
    high, wide = picture.shape[:2]
    return picture[high // 10 : high - high // 10, wide // 10 : wide - wide // 10]


def _logo(picture: Image) -> Image:
    """A tenth of the area, in the upper left corner."""
    marked = picture.copy()
    side = int((0.1 * picture.shape[0] * picture.shape[1]) ** 0.5)
    marked[8 : 8 + side, 8 : 8 + side] = (40, 200, 240)
    cv2.circle(marked, (8 + side // 2, 8 + side // 2), side // 3, (200, 20, 20), -1)
    return marked


def _boxed(picture: Image) -> Image:
    bar = picture.shape[0] // 6
    return _image(cv2.copyMakeBorder(picture, bar, bar, 0, 0, cv2.BORDER_CONSTANT))


def _image(picture: object) -> Image:
    return np.asarray(picture, np.uint8)


MANNERS: dict[str, Manner] = {
    "encoded anew, CRF 35": Manner(crf=35),
    "scaled by 0.3": Manner(change=_scaled),
    "cropped by 20 %": Manner(change=_cropped),
    "logo of 10 %": Manner(change=_logo),
    "letterboxed": Manner(change=_boxed),
    "brighter": Manner(change=lambda picture: _image(cv2.convertScaleAbs(picture, beta=40))),
    "less contrast": Manner(
        change=lambda picture: _image(cv2.convertScaleAbs(picture, alpha=0.6, beta=50))
    ),
    "mirrored": Manner(change=lambda picture: picture[:, ::-1]),
    "8 frames per second": Manner(fps=8),
    "10 % faster": Manner(speed=1.1),
    "10 % slower": Manner(speed=0.9),
    "excerpt of 5 s": Manner(seconds=5.0),
}


def originals(folder: Path) -> list[Original]:
    """The longest video of each family of file names, of those of at least 6 seconds."""
    families: dict[str, Original] = {}
    for path in sorted(folder.glob("*.mp4")):
        video = _read(path)
        family = "-".join(path.stem.split("-")[:1])
        best = families.get(family)
        if video.seconds >= 6 and (best is None or best.seconds < video.seconds):
            families[family] = video
    return list(families.values())


def _read(path: Path) -> Original:
    at, pictures = [], []
    with av.open(path) as container:
        for number, frame in enumerate(container.decode(video=0)):
            picture = _image(frame.to_ndarray(format="bgr24"))
            scale = MOST_SIDE / max(picture.shape[:2])
            if scale < 1:
                picture = _image(
                    cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                )
            at.append(float(frame.time) if frame.pts is not None else number / 25)
            pictures.append(picture)
    return Original(path.stem, np.array(at) - at[0], pictures)


def write_copy(path: Path, pieces: Sequence[tuple[Original, float, float]], manner: Manner) -> None:
    """Encode pieces, (original, its start, how long), one after the other."""
    with av.open(path, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=manner.fps)
        stream.options = {"crf": str(manner.crf), "preset": "veryfast"}
        stream.pix_fmt = "yuv420p"
        number, size = 0, (0, 0)
        for original, start, seconds in pieces:
            times = start + np.arange(0, seconds / manner.speed, 1 / manner.fps) * manner.speed
            for second in times:
                nearest = int(np.abs(original.at - second).argmin())
                picture = manner.change(original.pictures[nearest])
                if not number:
                    size = picture.shape[1] // 2 * 2, picture.shape[0] // 2 * 2
                    stream.width, stream.height = size
                if (picture.shape[1], picture.shape[0]) != size:
                    picture = _image(cv2.resize(picture, size))
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
                frame.pts, frame.time_base = number, Fraction(1, manner.fps)
                out.mux(stream.encode(frame))
                number += 1
        out.mux(stream.encode())
