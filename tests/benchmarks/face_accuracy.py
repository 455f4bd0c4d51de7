"""Faces, measured: pairs of photographs, and a watch list with strangers.

Data: `labelled/*/pairs*.txt` in LFW's form (`name n m` or `name n name m`, tab separated) and
`labelled/*/watchlist_1n.txt` (`gallery` or `impostor`, then a path), with `images/` beside them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.vision.vision import Vision
from tests.benchmarks.scoring import Flags, Folded, folded_accuracy

_SAME, _DIFFERENT = 3, 4
_NO_FACE = -1.0
"""Similarity to a photograph in which no face was found: of no threshold's liking."""


class Portraits:
    """Vectors of the person in the middle of a photograph, each made once.

    Attributes:
        without_face: photographs in which no face was found.

    Args:
        vision: looks at them.
        shrunk: scale photographs by this first, as if taken from further away; None leaves them.
    """

    def __init__(self, vision: Vision, shrunk: float | None = None) -> None:
        self._vision = vision
        self._shrunk = shrunk
        self._vectors: dict[Path, Floats | None] = {}
        self.without_face: list[Path] = []

    def __len__(self) -> int:
        return len(self._vectors)

    def vector(self, path: Path) -> Floats | None:
        """(d,) float32 of length 1; None where no face was found."""
        if path not in self._vectors:
            self._vectors[path] = made = self._made(path)
            if made is None:
                self.without_face.append(path)
        return self._vectors[path]

    def similarity(self, one: Path, other: Path) -> float:
        """Cosine similarity of two people."""
        left, right = self.vector(one), self.vector(other)
        return _NO_FACE if left is None or right is None else float(left @ right)

    def known(self) -> tuple[Floats, list[str]]:
        """(n, d) of all photographs so far that show a face, and who is on them."""
        rows = {path: vector for path, vector in self._vectors.items() if vector is not None}
        return np.stack(list(rows.values())), [path.parent.name for path in rows]

    def _made(self, path: Path) -> Floats | None:
        picture = cv2.imread(str(path))
        if picture is None:
            raise SystemExit(f"{path}: no such picture")
        if self._shrunk is not None:
            picture = cv2.resize(
                picture, None, fx=self._shrunk, fy=self._shrunk, interpolation=cv2.INTER_AREA
            )
        image = np.asarray(picture, np.uint8)
        faces = self._vision.detect(image).faces
        if not len(faces):
            faces = self._vision.detect_query(image).faces
        if not len(faces):
            return None
        middle = np.array(image.shape[1::-1], np.float32) / 2
        away = np.linalg.norm((faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2 - middle, axis=1)
        nearest = int(away.argmin())
        return np.asarray(self._vision.embed_faces(image, faces.landmarks[[nearest]])[0])


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of photographs with what is known about them.

    Attributes:
        score: (n,) similarities.
        same: (n,) whether both show one person.
    """

    score: Floats
    same: Flags

    def right_at(self, threshold: float) -> int:
        """How many are told right with a threshold that was fixed beforehand."""
        return int(((self.score >= threshold) == self.same).sum())

    def folded(self) -> Folded:
        """Accuracy with the threshold chosen on other pairs, ten folds."""
        return folded_accuracy(self.score, self.same)


def compared_pairs(portraits: Portraits, files: list[Path]) -> Pairs:
    """Compare every pair of these lists."""
    listed = [pair for file in files for pair in _pairs(file)]
    return Pairs(
        np.array([portraits.similarity(one, other) for one, other, _ in listed], np.float32),
        np.array([same for *_, same in listed], np.bool_),
    )


def _pairs(file: Path) -> Iterator[tuple[Path, Path, bool]]:
    images = file.parent / "images"
    for line in file.read_text().splitlines():
        words = line.split("\t")
        if len(words) == _SAME:
            yield _path(images, *words[:2]), _path(images, words[0], words[2]), True
        elif len(words) == _DIFFERENT:
            yield _path(images, *words[:2]), _path(images, *words[2:]), False


def _path(images: Path, name: str, number: str) -> Path:
    return images / name / f"{name}_{int(number):04d}.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """What came of holding photographs against one photograph each of some people.

    Attributes:
        people: on the list.
        probes: other photographs of them.
        first: probes whose own person came first, whatever the similarity.
        found: of those, the ones that reached the threshold.
        strangers: photographs of people who are not on the list.
        taken: strangers that reached the threshold with somebody.
    """

    people: int
    probes: int
    first: int
    found: int
    strangers: int
    taken: int


def watched(portraits: Portraits, file: Path, threshold: float) -> WatchList:
    """The first photograph of a person goes on the list, the others are probes."""
    known, strangers = list_of(file)
    listed = {who: paths[0] for who, paths in known.items()}
    probes = [path for paths in known.values() for path in paths[1:]]
    first = found = 0
    for probe in probes:
        who, score = _nearest(portraits, probe, listed)
        first += who == probe.parent.name
        found += who == probe.parent.name and score >= threshold
    return WatchList(
        people=len(listed),
        probes=len(probes),
        first=first,
        found=found,
        strangers=len(strangers),
        taken=sum(_nearest(portraits, one, listed)[1] >= threshold for one in strangers),
    )


def list_of(file: Path) -> tuple[dict[str, list[Path]], list[Path]]:
    """Read a watch list: photographs by person, and photographs of strangers."""
    known: dict[str, list[Path]] = defaultdict(list)
    strangers = []
    for line in file.read_text().splitlines():
        role, _, name = line.partition("\t")
        path = file.parent / "images" / name
        if role == "gallery":
            known[path.parent.name].append(path)
        elif role == "impostor":
            strangers.append(path)
    return {who: paths for who, paths in known.items() if len(paths) > 1}, strangers


def _nearest(portraits: Portraits, probe: Path, listed: dict[str, Path]) -> tuple[str, float]:
    scores = {who: portraits.similarity(probe, path) for who, path in listed.items()}
    best = max(scores, key=scores.__getitem__)
    return best, scores[best]


@dataclass(frozen=True, slots=True)
class EveryPair:
    """All pairs of photographs that were read, at one threshold.

    Attributes:
        strangers: pairs of two people.
        taken: of those, the ones that reached it.
        own: pairs of one person.
        found: of those, the ones that reached it.
    """

    strangers: int
    taken: int
    own: int
    found: int


def every_pair(portraits: Portraits, threshold: float) -> EveryPair:
    """Compare everybody with everybody."""
    vectors, who = portraits.known()
    _, numbers = np.unique(who, return_inverse=True)
    upper = np.triu_indices(len(vectors), 1)
    reached = (vectors @ vectors.T)[upper] >= threshold
    same = numbers[upper[0]] == numbers[upper[1]]
    return EveryPair(
        strangers=int((~same).sum()),
        taken=int((reached & ~same).sum()),
        own=int(same.sum()),
        found=int((reached & same).sum()),
    )
