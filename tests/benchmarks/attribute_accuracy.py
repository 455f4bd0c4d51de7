"""What people wear and carry, measured on people labelled by hand.

The labels are ids only: which track of `footage/*_NAME.gt.txt`, or where in which frame of
`labelled/NAME/frames/`, and what everybody can see there. What cannot be told from the pictures is
left out; colours are lists, because of a checked shirt more than one is right. A data folder may
bring its own `labelled/attribute_labels.json`.

People are judged as the box would see them: found by the detector in the frames it would look at,
read off the pictures it would keep, and put together as it puts them together.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_agent.domain.attributes import TRAITS, Attributes
from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.worn import LOWER, UPPER, YES, Worn
from edge_agent.tracking.best import BestShot, BestShotOptions
from edge_agent.tracking.impression import Impression
from edge_agent.vision.vision import Vision
from tests.benchmarks.body_accuracy import frames
from tests.benchmarks.scoring import overlap
from tests.benchmarks.tracking_accuracy import clip_rate, is_due, read_truth
from tests.benchmarks.yes_or_no import Answer

EVERYTHING = {**{trait.key: 0.5 for trait in TRAITS}, UPPER: 0.0, LOWER: 0.0}
"""All that the model says, whether it is offered or not."""

_SAME = 0.5  # intersection over union from which a box found is the true one
_NEAR = 25.0  # pixels, right and down together, from the middle that a label names


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One picture of somebody.

    Attributes:
        quality: of the body, 0 to 1.
        seen: one row.
    """

    at_ms: int
    quality: float
    seen: Attributes


def _itself(sight: Sight) -> Sight:
    return sight


@dataclass(slots=True)
class Person:
    """Somebody with labels.

    Attributes:
        worn: label by attribute: whether it is there, or the colours that are right.
        sights: in the order of time; those good enough to keep.
    """

    name: str
    worn: Mapping[str, Any]
    sights: list[Sight] = field(default_factory=list)

    def kept(self, options: BestShotOptions) -> list[Sight]:
        """The pictures that the box would keep."""
        shot: BestShot[Sight] = BestShot(options)
        kept = []
        for sight in self.sights:
            if shot.offer(sight.quality, sight.at_ms, partial(_itself, sight)) and shot.best:
                kept.append(shot.best.taken)
                shot.embedded(shot.best)
        left = shot.left_to_embed()
        return [*kept, left.taken] if left else kept


@dataclass(frozen=True, slots=True)
class People:
    """Everybody with labels, and for how long the cameras watched them.

    Attributes:
        seconds: of footage, single frames not counted.
    """

    people: list[Person]
    footage: list[Person]
    seconds: float


def labels_in(data: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The labels by set and person: those of the data folder, or else the project's own."""
    own = data / "labelled" / "attribute_labels.json"
    file = own if own.is_file() else Path(__file__).with_name("attribute_labels.json")
    return dict(json.loads(file.read_text()))


def labelled_people(vision: Vision, data: Path, rate: float, least: float) -> People:
    """Look at everybody who has labels and is in the data.

    Args:
        vision: finds and reads them.
        data: the folder with `footage/` and `labelled/`.
        rate: frames looked at per second of footage at the most.
        least: pictures of less quality are not looked at.
    """
    people, footage, seconds = list[Person](), list[Person](), 0.0
    for name, labels in labels_in(data).items():
        for truth in sorted(data.glob(f"footage/*{name}.gt.txt")):
            found, lasted = _in_footage(vision, truth, labels, rate, least)
            footage += found
            seconds += lasted
        folder = data / "labelled" / name / "frames"
        if folder.is_dir():
            people += _in_frames(vision, folder, labels, least)
    return People([*footage, *people], footage, seconds)


def _in_footage(
    vision: Vision, truth: Path, labels: Mapping[str, Any], rate: float, least: float
) -> tuple[list[Person], float]:
    people = {int(one): Person(f"{truth.stem} {one}", worn) for one, worn in labels.items()}
    boxes, native = read_truth(truth), clip_rate(truth)
    clip = truth.with_name(truth.name.removesuffix(".gt.txt") + ".mp4")
    for number, image in frames(clip):
        if number not in boxes or not is_due(number - 1, native, min(rate, native)):
            continue
        known = {who: box for who, box in boxes[number].items() if who in people}
        for who, quality, row in _matched(vision, image, known):
            if quality >= least:
                seen = _read(vision, image, row)
                people[who].sights.append(Sight(round(number * 1000 / native), quality, seen))
    return list(people.values()), len(boxes) / native


def _matched(
    vision: Vision, image: Image, known: Mapping[int, Floats]
) -> Iterable[tuple[int, float, Floats]]:
    """Who was found: number, quality and box as found; everybody the best box there is, once."""
    bodies = vision.detect(image).bodies
    if not len(bodies) or not known:
        return
    quality = vision.body_quality(image, bodies)
    fit = overlap(np.array(list(known.values()), np.float32), bodies.xyxy)
    for row, who in enumerate(known):
        best = int(fit[row].argmax())
        if fit[row, best] >= _SAME and int(fit[:, best].argmax()) == row:
            yield who, float(quality[best]), bodies.xyxy[best]


def _in_frames(
    vision: Vision, folder: Path, labels: Mapping[str, Any], least: float
) -> list[Person]:
    people = [Person(f"{folder.parent.name} {name}", worn) for name, worn in labels.items()]
    places = defaultdict(list)
    for person in people:
        for frame, x, y in person.worn["seen"]:
            places[frame].append((person, x, y))
    for number, frame in enumerate(sorted(places)):
        image = cv2.imread(str(folder / f"{frame}.jpg"))
        if image is None:
            continue
        picture = np.asarray(image, np.uint8)
        bodies = vision.detect(picture).bodies
        quality = vision.body_quality(picture, bodies)
        middles = (bodies.xyxy[:, :2] + bodies.xyxy[:, 2:]) / 2
        for person, x, y in places[frame]:
            away = np.abs(middles - (x, y)).sum(axis=1)
            best = int(away.argmin()) if len(away) else -1
            if best >= 0 and away[best] <= _NEAR and quality[best] >= least:
                seen = _read(vision, picture, bodies.xyxy[best])
                person.sights.append(Sight(number, float(quality[best]), seen))
    return people


def _read(vision: Vision, image: Image, box: Floats) -> Attributes:
    seen = vision.attributes(image, box[None])
    if seen is None:
        raise SystemExit(f"pack {vision.info.name} tells no attributes")
    return seen


def said_of(sights: Sequence[Sight]) -> dict[str, Worn]:
    """What these pictures say together, as the box puts them together."""
    impression = Impression()
    for sight in sights:
        impression.add(sight.seen, sight.quality)
    return {worn.key: worn for worn in impression.said(EVERYTHING)}


def answers(key: str, asked: Iterable[tuple[Person, Sequence[Sight]]]) -> list[Answer]:
    """How one attribute was answered, for each person, or picture, whose label is known."""
    found = []
    for person, sights in asked:
        if key not in person.worn:
            continue
        worn = said_of(sights).get(key)
        label = person.worn[key]
        found.append(
            Answer(
                true=bool(label) if isinstance(label, bool) else True,
                said=worn is not None
                and worn.value in ([YES] if label in (True, False) else label),
                confidence=None if worn is None else worn.confidence,
            )
        )
    return found


def colour_mistakes(key: str, asked: Iterable[tuple[Person, Sequence[Sight]]]) -> str:
    """Which colours were taken for which, most often first."""
    counts: dict[str, int] = defaultdict(int)
    for person, sights in asked:
        worn = said_of(sights).get(key)
        if worn is not None and worn.value not in person.worn.get(key, [worn.value]):
            counts[f"{'/'.join(person.worn[key])} as {worn.value}"] += 1
    return ", ".join(f"{what} {count}" for what, count in sorted(counts.items(), key=_often))


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
