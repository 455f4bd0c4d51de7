"""Who plays in the demonstration, and with which pictures the box is asked about them.

Three sources, best first: labelled data under `EDGE_AGENT_TESTDATA`, the caller's own footage,
and photographs that installed packages carry. None of them is part of this repository.
"""

import importlib.util
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge_agent.domain.detection import Image

PEOPLE_IN_PORTRAITS = 24
"""At least twenty other people are to be remembered beside the one who is asked for."""

# Where the six faces of insightface's own example photograph are: left, top, width, height.
# `t1.jpg` is part of its wheel (insightface/data/images, MIT).
_T1_FACES = (
    (744, 347, 99, 129),
    (1129, 270, 97, 129),
    (465, 267, 112, 153),
    (906, 60, 103, 144),
    (269, 148, 104, 124),
    (57, 262, 115, 135),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceQuestion:
    """A picture that is never a frame of the stream, and the portrait it should lead to.

    Attributes:
        what: the picture in words.
    """

    picture: Image
    portrait: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BodyQuestion:
    """A query crop of another camera, and where the same person is known to stand.

    Attributes:
        slide: number of the slide that shows the person at a known place.
        known: the crop whose place in that slide is known to be the person.
    """

    picture: Image
    slide: int
    known: Image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cast:
    """Everybody and everything the cameras will show.

    Attributes:
        origin: where the pictures come from, for a person to read.
        portraits: one photograph each of different people, played by the first camera.
        slides: full frames, played by the second camera; empty where there are none.
        face: the question about one of the portraits.
        body: the question about somebody on the slides.
        stranger: a photograph of somebody who is never shown.
    """

    origin: str
    portraits: Sequence[Image]
    slides: Sequence[Image]
    face: FaceQuestion
    body: BodyQuestion | None
    stranger: Image


def cast_from_test_data(folder: Path) -> Cast | None:
    """Take the watch list's people and the slides of two cameras, where the folder has them.

    The order of the list decides who is asked for, so nothing is picked by how well it is found.
    """
    lists = sorted((folder / "labelled").glob("*/watchlist_1n.txt"))
    if not lists:
        return None
    known, strangers = _watch_list(lists[0])
    if len(known) < PEOPLE_IN_PORTRAITS or not strangers:
        return None
    wanted = list(known.values())[:PEOPLE_IN_PORTRAITS]
    body_question, slides = _slides(folder)
    return Cast(
        origin=f"labelled pictures under {folder}",
        portraits=[_read(photographs[0]) for photographs in wanted],
        slides=slides,
        face=FaceQuestion(picture=_read(wanted[0][1]), portrait=0, what="another photograph"),
        body=body_question,
        stranger=_read(strangers[0]),
    )


def cast_from_packages() -> Cast:
    """Take the eight people on photographs that installed packages carry.

    None of them is on two, so the one who is asked for is shown mirrored, turned, darker and
    smaller; the one who is somebody nobody has seen is left out of the others.
    """
    examples = _package_folder("insightface") / "data" / "images"
    group = _read(examples / "t1.jpg")
    portraits = [_head_and_shoulders(group, box) for box in _T1_FACES]
    portraits.append(_with_room(_read(examples / "Tom_Hanks_54745.png")))
    asked = 6  # on a photograph of his own, so that nobody else is on the picture
    return Cast(
        origin="photographs carried by installed packages (insightface, scikit-image)",
        portraits=portraits,
        slides=[],
        face=FaceQuestion(
            picture=_taken_otherwise(portraits[asked]),
            portrait=asked,
            what="the same photograph, mirrored, turned, darker and smaller,",
        ),
        body=None,
        stranger=_read(_package_folder("skimage") / "data" / "astronaut.png")[20:200, 130:310],
    )


def _watch_list(path: Path) -> tuple[dict[str, list[Path]], list[Path]]:
    known: dict[str, list[Path]] = defaultdict(list)
    strangers = []
    for line in path.read_text().splitlines():
        role, _, name = line.partition("\t")
        photograph = path.parent / "images" / name
        if role == "gallery":
            known[photograph.parent.name].append(photograph)
        elif role == "impostor":
            strangers.append(photograph)
    return {who: shots for who, shots in known.items() if len(shots) > 1}, strangers


def _slides(folder: Path) -> tuple[BodyQuestion | None, list[Image]]:
    """Full frames, and query crops named `<person>_<frame>_<number>`."""
    for place in sorted((folder / "labelled").glob("*/frames")):
        frames = sorted(place.glob("*.jpg"))
        crops = sorted((place.parent / "query").glob("*.jpg"))
        stems = [frame.stem for frame in frames]
        for known in crops:
            person, _, rest = known.stem.partition("_")
            source = rest.rpartition("_")[0]
            others = [c for c in crops if c.stem.startswith(person + "_") and c != known]
            if source in stems and others:
                question = BodyQuestion(
                    picture=_read(others[0]), slide=stems.index(source), known=_read(known)
                )
                return question, [_read(frame) for frame in frames]
    return None, []


def _taken_otherwise(picture: Image) -> Image:
    height, width = picture.shape[:2]
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), 7, 0.95)
    other = cv2.warpAffine(
        cv2.flip(picture, 1), turned, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    darker = cv2.convertScaleAbs(other, alpha=0.7, beta=5)
    small = cv2.resize(darker, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])
    return _decoded(jpeg.tobytes(), "the recompressed picture")


def _head_and_shoulders(group: Image, box: tuple[int, int, int, int]) -> Image:
    left, top, width, height = box
    side = height * 9 // 5
    x = max(0, min(left + width // 2 - side // 2, group.shape[1] - side))
    y = max(0, min(top + height // 2 - side // 2, group.shape[0] - side))
    return group[y : y + side, x : x + side]


def _with_room(face: Image) -> Image:
    """A photograph that a face fills, with as much room around it as the others have."""
    room = face.shape[0] // 4
    return np.asarray(
        cv2.copyMakeBorder(face, room, room, room, room, cv2.BORDER_REPLICATE), np.uint8
    )


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"package {name} is not installed; run scripts/setup")
    return Path(spec.origin).parent


def _read(path: Path) -> Image:
    return _decoded(path.read_bytes(), str(path))


def _decoded(data: bytes, what: str) -> Image:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{what} is no picture that OpenCV can read")
    return np.asarray(picture, np.uint8)
