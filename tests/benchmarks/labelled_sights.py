"""Faces and bodies of whom it is known who is who, as vectors: what calibration is fitted on.

Faces: every photograph of `labelled/*/images/<person>/*.jpg`. Bodies: the true tracks of
`footage/*.gt.txt`, of one person sights a second apart or more; and strangers in one picture whose
boxes do not touch, in `labelled/*/frames/` and the photographs of `labelled/*/*.json`.

Everybody belongs to one of two halves, by a hash of their name, so that evidence can be fitted on
one half and checked on the other. No person is in both.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Image
from edge_agent.vision.vision import Vision
from tests.benchmarks.body_accuracy import frames
from tests.benchmarks.face_accuracy import Portraits
from tests.benchmarks.scoring import Flags, overlap

Names = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.int_]

HALVES = (0, 1)

_EVERY = 5
"""Every so many pictures of a clip: 5 a second at 25."""
_APART = 25
"""Pictures between two sights of one person: at 25 a second one second."""
_SAME_BOX = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of sights.

    Attributes:
        score: (n,) cosine similarities.
        same: (n,) whether both show one person.
        weight: (n,) a person counts as much as any other, however often they were seen, and so do
            any two strangers.
        who: (n,) the same number for all pairs of the same people.
        people: different people of whom there are two sights.
        strangers: different pairs of strangers.
    """

    score: Floats
    same: Flags
    weight: Floats
    who: Numbers
    people: int
    strangers: int

    @classmethod
    def joined(cls, several: Sequence["Pairs"]) -> "Pairs":
        """Pairs of different people as one."""
        groups = np.cumsum([0, *(one.who.max(initial=-1) + 1 for one in several)])
        return cls(
            np.concatenate([one.score for one in several]),
            np.concatenate([one.same for one in several]),
            np.concatenate([one.weight for one in several]),
            np.concatenate([one.who + first for one, first in zip(several, groups, strict=False)]),
            sum(one.people for one in several),
            sum(one.strangers for one in several),
        )


def half_of(name: str) -> int:
    """Whether somebody is fitted on or checked with; all of one photograph are in one half."""
    return hashlib.sha256(name.partition("#")[0].encode()).digest()[0] & 1


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """Vectors of one part, and whose they are.

    Attributes:
        vectors: (n, d) unit rows.
        who: (n,) names.
        scene: (n,) two sights in one scene that are not one person's are strangers'; all faces
            are in one scene.
        number: (n,) where in time a sight lies, in pictures of its clip.
        xyxy: (n, 4) boxes in pixels, where two that touch may be one person's; else zeros.
    """

    vectors: Floats
    who: Names
    scene: Names
    number: Numbers
    xyxy: Floats

    def pairs(self, halves: Collection[int], only: Flags | None = None) -> Pairs:
        """All pairs of people of these halves that can be told to be one person's or strangers'.

        Args:
            halves: whose.
            only: (n,) pair those of which this holds with the others alone.
        """
        names, person = np.unique(self.who, return_inverse=True)
        _, scene = np.unique(self.scene, return_inverse=True)
        half = np.array([half_of(str(name)) for name in names])[person]
        mine = np.flatnonzero(np.isin(half, list(halves)))
        one, other = (mine[side] for side in np.triu_indices(len(mine), 1))
        same = person[one] == person[other]
        apart = np.abs(self.number[one] - self.number[other]) >= _APART
        strangers = (scene[one] == scene[other]) & self._clear(one, other)
        known = np.where(same, apart, strangers)
        if only is not None:
            known &= only[one] != only[other]
        one, other, same = one[known], other[known], same[known]
        score = np.einsum("ij,ij->i", self.vectors[one], self.vectors[other])
        who = np.sort(np.stack([person[one], person[other]]), axis=0)
        _, which, count = np.unique(
            who[0] * len(names) + who[1], return_inverse=True, return_counts=True
        )
        weight = np.asarray(1 / count[which], np.float32)
        people = len(np.unique(which[same]))
        return Pairs(score, same, weight, which, people, len(count) - people)

    def against(self, other: "Sights") -> Pairs:
        """Every sight with every other one of the same pictures, looked at in another way."""
        both = Sights(
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.who, other.who]),
            np.concatenate([self.scene, other.scene]),
            np.concatenate([self.number, other.number]),
            np.concatenate([self.xyxy, other.xyxy]),
        )
        first = np.arange(len(both.who)) < len(self.who)
        return both.pairs(HALVES, only=first)

    def _clear(self, one: Numbers, other: Numbers) -> Flags:
        """(n,) whether two boxes do not touch; a second box of one person would."""
        low = np.maximum(self.xyxy[one, :2], self.xyxy[other, :2])
        high = np.minimum(self.xyxy[one, 2:], self.xyxy[other, 2:])
        return np.asarray((np.maximum(high - low, 0).prod(axis=1)) == 0, np.bool_)


def seen_faces(vision: Vision, data: Path, shrunk: float | None = None) -> Sights:
    """The person in the middle of every portrait.

    Args:
        vision: looks at them.
        data: where they are.
        shrunk: scale the portraits by this first, as if taken from further away.
    """
    portraits = Portraits(vision, shrunk)
    for path in sorted(data.glob("labelled/*/images/*/*.jpg")):
        portraits.vector(path)
    vectors, names = portraits.known()
    count = len(vectors)
    # photographs were all taken at other times
    numbers = np.arange(count) * _APART
    boxes = np.zeros((count, 4), np.float32)
    return Sights(vectors, np.array(names), np.zeros(count, np.str_), numbers, boxes)


def seen_bodies(vision: Vision, data: Path) -> Sights:
    """Everybody in the footage, in the frames and in the photographs."""
    found = [*_photographed(vision, data), *_filmed(vision, data)]
    if not found:
        raise SystemExit(f"there are no people under {data}")
    return Sights(
        np.concatenate([one.vectors for one in found]),
        np.concatenate([one.who for one in found]),
        np.concatenate([one.scene for one in found]),
        np.concatenate([one.number for one in found]),
        np.concatenate([one.xyxy for one in found]),
    )


def _photographed(vision: Vision, data: Path) -> Iterator[Sights]:
    """People of a picture by itself; each is only known not to be one of the others."""
    listed = {
        one["file_name"]
        for path in data.glob("labelled/*/*.json")
        for one in json.loads(path.read_text()).get("images", [])
    }
    photographs = [path for path in data.glob("labelled/*/*/*.jpg") if path.name in listed]
    for path in [*sorted(data.glob("labelled/*/frames/*.jpg")), *sorted(photographs)]:
        picture = cv2.imread(str(path))
        if picture is None:
            raise SystemExit(f"{path}: no such picture")
        image = np.asarray(picture, np.uint8)
        xyxy, vectors = _bodies(vision, image)
        names = np.array([f"{path.name}#{row}" for row in range(len(xyxy))], np.str_)
        yield _sights(vectors, names, path.name, 0, xyxy)


def _filmed(vision: Vision, data: Path) -> Iterator[Sights]:
    for truth in sorted(data.glob("footage/*.gt.txt")):
        clip = truth.name.removesuffix(".gt.txt")
        boxes = _true_boxes(truth)
        for number, image in frames(truth.with_name(f"{clip}.mp4")):
            if number % _EVERY or number not in boxes:
                continue
            numbers, true = boxes[number]
            xyxy, vectors = _bodies(vision, image)
            fit = overlap(xyxy, true) if len(xyxy) else np.zeros((0, len(true)), np.float32)
            sure = np.flatnonzero(fit.max(axis=1, initial=0) >= _SAME_BOX)
            names = np.array([f"{clip}:{numbers[fit[row].argmax()]}" for row in sure], np.str_)
            # who is who is known in all of a clip: boxes need not tell strangers apart
            yield _sights(vectors[sure], names, clip, number, np.zeros_like(xyxy[sure]))


def _bodies(vision: Vision, image: Image) -> tuple[Floats, Floats]:
    bodies = vision.detect(image).bodies
    bodies = bodies[vision.comparable(image, bodies)]
    return bodies.xyxy, vision.embed_bodies(image, bodies.xyxy)


def _true_boxes(truth: Path) -> dict[int, tuple[list[int], Floats]]:
    """By picture, who is where: numbers and (n, 4) xyxy."""
    rows: dict[int, list[tuple[int, list[float]]]] = defaultdict(list)
    for line in truth.read_text().splitlines():
        words = line.split(",")
        left, top, width, height = map(float, words[2:6])
        rows[int(words[0])].append((int(words[1]), [left, top, left + width, top + height]))
    return {
        number: ([who for who, _ in found], np.array([box for _, box in found], np.float32))
        for number, found in rows.items()
    }


def _sights(vectors: Floats, who: Names, scene: str, number: int, xyxy: Floats) -> Sights:
    count = len(vectors)
    return Sights(vectors, who, np.full(count, scene), np.full(count, number), xyxy)
