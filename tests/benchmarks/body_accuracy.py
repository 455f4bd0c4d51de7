"""Bodies, measured: found in photographs and in footage, and searched for across cameras.

Found are all those that a tracker is shown, also the doubtful ones: the area under a curve of
precision over recall wants them.

Data: `labelled/*/*.json` in COCO's form with the pictures below the same folder;
`footage/*.gt.txt` in MOT15's form beside a clip of the same name; `labelled/*/frames/` with full
frames and `labelled/*/query/` with crops named `<person>_<frame>_<number>`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from edge_agent.domain.detection import Floats, Image
from edge_agent.settings import default_settings
from edge_agent.vision.vision import Vision
from tests.benchmarks.scoring import Flags, Judged, judge_boxes, ranking_precision

_PERSON = "person"
_MOT_COLUMNS = 7
_SURE = 0.7
"""Correlation from which a crop is taken to have been cut from a frame."""


TrueBoxes = tuple[Image, Floats, Flags]
"""A picture, (n, 4) xyxy of the people on it in its pixels, and (n,) which need not be found."""


def judged_photographs(vision: Vision, annotations: Path) -> list[Judged]:
    """Look for people in every annotated photograph that is there."""
    return [_judged(vision, *one) for one in true_boxes_of_photographs(annotations)]


def judged_footage(vision: Vision, truth: Path, *, most: int = 200) -> list[Judged]:
    """Look for people in a clip, in at most so many of its frames, evenly spread."""
    return [_judged(vision, *one) for one in true_boxes_of_footage(truth, most=most)]


def true_boxes_of_photographs(annotations: Path) -> Iterator[TrueBoxes]:
    """Every annotated photograph that is there."""
    document = json.loads(annotations.read_text())
    wanted = {one["id"] for one in document["categories"] if one["name"] == _PERSON}
    boxes = defaultdict(list)
    for one in document["annotations"]:
        if one["category_id"] in wanted:
            boxes[one["image_id"]].append((*one["bbox"], bool(one.get("iscrowd"))))
    pictures = {path.name: path for path in annotations.parent.rglob("*.jpg")}
    for picture in document["images"]:
        if picture["file_name"] in pictures:
            yield _true_boxes(_read(pictures[picture["file_name"]]), boxes[picture["id"]])


def true_boxes_of_footage(truth: Path, *, most: int) -> Iterator[TrueBoxes]:
    """At most so many frames of a clip, evenly spread."""
    boxes: dict[int, list[tuple[float, float, float, float, bool]]] = defaultdict(list)
    for line in truth.read_text().splitlines():
        words = line.split(",")
        if len(words) >= _MOT_COLUMNS:
            left, top, width, height, counts = map(float, words[2:7])
            boxes[int(words[0])].append((left, top, width, height, counts == 0))
    clip = truth.with_name(truth.name.removesuffix(".gt.txt") + ".mp4")
    step = -(-len(boxes) // most)
    for number, image in frames(clip):
        if number in boxes and number % step == 0:
            yield _true_boxes(image, boxes[number])


def frames(clip: Path) -> Iterator[tuple[int, Image]]:
    """Every picture of a clip, counted from 1."""
    with av.open(str(clip)) as container:
        for number, frame in enumerate(container.decode(video=0), 1):
            yield number, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _true_boxes(image: Image, boxes: list[tuple[float, float, float, float, bool]]) -> TrueBoxes:
    rows = np.array([box[:4] for box in boxes], np.float32).reshape(-1, 4)
    truth = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:]], axis=1)
    return image, truth, np.array([box[4] for box in boxes], np.bool_)


def _judged(vision: Vision, image: Image, truth: Floats, ignored: Flags) -> Judged:
    bodies = vision.detect(image, default_settings().tracker.low).bodies
    return judge_boxes(bodies.xyxy, bodies.score, truth, ignored)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySearch:
    """What came of one query crop, searched for in the frames.

    A frame does not say where the person is; three things are known all the same. A crop of hers
    that was cut from one of the frames tells her place in that one. She stands in a frame once at
    the most, so that of two boxes above the threshold, apart from each other, one is wrong. And
    the frames were chosen because she is in them.

    Attributes:
        query: name of the crop.
        boxes: people in the frames that can be compared.
        frames: how many frames there are.
        reached: frames in which somebody reaches the threshold.
        surplus: boxes above the threshold, beside the best one of their frame and apart from it;
            at least so many are wrong.
        precision: average precision with the best box of each frame taken for hers. Where she has
            no box of her own in some frame, a stranger's is taken, and the true value is higher.
        rank: of the box that is known to be hers, among all of its frame; None where unknown,
            0 where the detector did not find her.
        likeness: its similarity.
    """

    query: str
    boxes: int
    frames: int
    reached: int
    surplus: int
    precision: float
    rank: int | None
    likeness: float


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """One frame with everybody in it: (n, 4) boxes and (n, d) unit rows."""

    name: str
    image: Image
    xyxy: Floats
    vectors: Floats


def searched(vision: Vision, folder: Path, threshold: float) -> list[BodySearch]:
    """Search the frames of a folder for each of its query crops."""
    stages = [_stage(vision, path) for path in sorted((folder / "frames").glob("*.jpg"))]
    crops = sorted((folder / "query").glob("*.jpg"))
    return [_search(vision, crop, crops, stages, threshold) for crop in crops]


def _stage(vision: Vision, path: Path) -> _Stage:
    image = _read(path)
    bodies = vision.detect(image).bodies
    bodies = bodies[vision.comparable(image, bodies)]
    return _Stage(path.stem, image, bodies.xyxy, vision.embed_bodies(image, bodies.xyxy))


def _search(
    vision: Vision, crop: Path, crops: list[Path], stages: list[_Stage], threshold: float
) -> BodySearch:
    query = _read(crop)
    bodies = vision.detect_query(query).bodies
    vector = vision.embed_bodies(query, bodies.xyxy[:1])[0] if len(bodies) else None
    scores = [
        stage.vectors @ vector if vector is not None else np.zeros(len(stage.xyxy), np.float32)
        for stage in stages
    ]
    best = np.array([score.max(initial=-1.0) for score in scores], np.float32)
    every = np.concatenate(
        [score[_of_its_own(stage, score)] for stage, score in zip(stages, scores, strict=True)]
    )
    rank, likeness = _known_rank(crop, crops, stages, scores)
    reached = int((best >= threshold).sum())
    return BodySearch(
        query=crop.stem,
        boxes=len(every),
        frames=len(stages),
        reached=reached,
        surplus=int((every >= threshold).sum()) - reached,
        precision=_precision_of(best, every),
        rank=rank,
        likeness=likeness,
    )


def _of_its_own(stage: _Stage, score: Floats) -> Flags:
    """(n,) the best box, and those that share at most half of the smaller area with it."""
    if not len(score):
        return np.empty(0, np.bool_)
    best = int(score.argmax())
    low = np.maximum(stage.xyxy[:, :2], stage.xyxy[best, :2])
    high = np.minimum(stage.xyxy[:, 2:], stage.xyxy[best, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    own = (stage.xyxy[:, 2:] - stage.xyxy[:, :2]).prod(axis=1)
    apart = np.asarray(shared <= np.minimum(own, own[best]) / 2, np.bool_)
    apart[best] = True
    return apart


def _precision_of(hers: Floats, every: Floats) -> float:
    """Average precision where these similarities, which are among `every`, are the wanted ones."""
    wanted = sorted((float(score) for score in hers if score > -1.0), reverse=True)
    ahead = [int((every >= score).sum()) for score in wanted]
    relevant = [False] * max(ahead, default=0)
    for rank in ahead:
        relevant[rank - 1] = True
    return ranking_precision(relevant, len(wanted))


def _known_rank(
    crop: Path, crops: list[Path], stages: list[_Stage], scores: list[Floats]
) -> tuple[int | None, float]:
    """Rank and similarity of the box where another crop of the same person was cut out."""
    person = crop.stem.partition("_")[0]
    for other in crops:
        if other == crop or other.stem.partition("_")[0] != person:
            continue
        for stage, score in zip(stages, scores, strict=True):
            if not other.stem.startswith(f"{person}_{stage.name}"):
                continue
            row = _row_at(stage, _place(_read(other), stage.image))
            if row is None:
                return 0, 0.0
            return int((score > score[row]).sum()) + 1, float(score[row])
    return None, 0.0


def _row_at(stage: _Stage, middle: tuple[float, float] | None) -> int | None:
    if middle is None or not len(stage.xyxy):
        return None
    x, y = middle
    inside = (stage.xyxy[:, :2] <= (x, y)).all(axis=1) & (stage.xyxy[:, 2:] >= (x, y)).all(axis=1)
    away = np.abs((stage.xyxy[:, :2] + stage.xyxy[:, 2:]) / 2 - (x, y)).sum(axis=1)
    row = int(np.where(inside, away, np.inf).argmin())
    return row if bool(inside.any()) else None


def _place(crop: Image, frame: Image) -> tuple[float, float] | None:
    """The middle of the place that a crop, resized since, was cut from; None where unsure."""
    best, middle = _SURE, None
    for height in range(64, frame.shape[0] * 2 // 3, 8):
        width = round(height * crop.shape[1] / crop.shape[0])
        fit = cv2.matchTemplate(frame, cv2.resize(crop, (width, height)), cv2.TM_CCOEFF_NORMED)
        _, score, _, (x, y) = cv2.minMaxLoc(fit)
        if score > best:
            best, middle = float(score), (x + width / 2, y + height / 2)
    return middle


def _read(path: Path) -> Image:
    picture = cv2.imread(str(path))
    if picture is None:
        raise SystemExit(f"{path}: no such picture")
    return np.asarray(picture, np.uint8)
