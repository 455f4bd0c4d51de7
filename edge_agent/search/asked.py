"""Who is asked about: people in the query picture, or the person of a track."""

import asyncio
from dataclasses import dataclass, replace

import numpy as np

from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.domain.errors import Refused
from edge_agent.domain.vector import Part, StoredVector
from edge_agent.search.options import SearchOptions
from edge_agent.search.ports import Eyes
from edge_agent.tracking import People, people_in
from edge_agent.vision import PackInfo

Region = tuple[float, float, float, float]

_LEAST_SHARE = 0.1
_AROUND = 0.25
"""A region that shows nobody is looked at again with this share of its size around it."""


@dataclass(frozen=True, slots=True, eq=False)
class AskedPerson:
    """Somebody who is asked about.

    Attributes:
        number: counted from 0 from left to right among all people of the picture.
        vectors: per part, (n, d) unit rows; a part without vectors is absent.
    """

    number: int
    vectors: dict[Part, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Everybody who is asked about.

    Attributes:
        people: how many people the picture shows, asked about or not.
        persons: those who are asked about and can be compared.
    """

    people: int
    persons: tuple[AskedPerson, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The people of a picture, from left to right, and which of them are asked about.

    Attributes:
        asked: rows of `people`.
        before: people of the picture that are counted before these: those found in the whole
            picture, where nobody of them was in the region and it was looked at by itself.
    """

    seen: Seen
    people: People
    asked: tuple[int, ...]
    before: int = 0

    @property
    def count(self) -> int:
        """How many people the picture shows."""
        return self.before + len(self.people)


def model_of(info: PackInfo, part: Part) -> str:
    """The stamp of the pack's vectors of this part."""
    return info.face_model if part is Part.FACE else info.body_model


def asked_of_track(vectors: list[StoredVector], parts: frozenset[Part], info: PackInfo) -> Asked:
    """Ask with the stored vectors of a track; those of other models cannot be compared."""
    usable: dict[Part, Floats] = {}
    for part in parts:
        rows = [
            stored.vector.values
            for stored in vectors
            if stored.vector.part is part and stored.vector.model == model_of(info, part)
        ]
        if rows:
            usable[part] = np.stack(rows)
    return Asked(1, (AskedPerson(0, usable),) if usable else ())


async def look_at(image: Image, region: Region | None, eyes: Eyes, options: SearchOptions) -> Shown:
    """Find the people of a picture and who of them is asked about.

    With a region, those whose face (or, where no face was found, whose body) has its middle inside
    it; if there is none, whoever fills most of it; if nobody does, the region is looked at by
    itself. Without a region, everybody.

    Raises:
        Refused: the picture shows more people than are asked about at once.
        Unavailable: a model failed.
    """
    shown = _shown(await eyes.detect_query(image), options)
    if region is not None:
        inside = _inside(shown, region)
        if inside:
            shown = replace(shown, asked=inside)
        else:
            shown = await _look_inside(image, region, shown, eyes, options)
    if len(shown.asked) > options.most_people:
        raise Refused(
            f"the picture shows {len(shown.asked)} people, at most {options.most_people} are"
            " searched at once; name a region",
            field="region",
        )
    return shown


async def describe(
    image: Image, shown: Shown, parts: frozenset[Part], eyes: Eyes
) -> tuple[AskedPerson, ...]:
    """Make the vectors of everybody who is asked about.

    Raises:
        Unavailable: a model failed.
    """
    rows = {Part.FACE: shown.people.face, Part.BODY: shown.people.body}

    async def embedded(part: Part) -> tuple[list[int], Floats | tuple[()]]:
        numbers = [number for number in shown.asked if part in parts and rows[part][number] >= 0]
        if not numbers:
            return [], ()
        chosen = rows[part][numbers]
        if part is Part.FACE:
            return numbers, await eyes.embed_faces(image, shown.seen.faces.landmarks[chosen])
        return numbers, await eyes.embed_bodies(image, shown.seen.bodies.xyxy[chosen])

    vectors: dict[int, dict[Part, Floats]] = {number: {} for number in shown.asked}
    # side by side: each of them waits for a thread that cameras use as well
    both = await asyncio.gather(*(embedded(part) for part in Part))
    for part, (numbers, made) in zip(Part, both, strict=True):
        for number, values in zip(numbers, made, strict=True):
            vectors[number][part] = values[None]
    return tuple(
        AskedPerson(shown.before + number, found) for number, found in vectors.items() if found
    )


def _shown(seen: Seen, options: SearchOptions) -> Shown:
    people = people_in(seen, options.tie).left_to_right()
    return Shown(seen, people, tuple(range(len(people))))


async def _look_inside(
    image: Image, region: Region, whole: Shown, eyes: Eyes, options: SearchOptions
) -> Shown:
    """Look at the region alone; whoever is found there is counted after the others."""
    left, top, right, bottom = region
    across, down = _AROUND * (right - left), _AROUND * (bottom - top)
    x, y = int(max(left - across, 0)), int(max(top - down, 0))
    crop = np.ascontiguousarray(image[y : int(bottom + down) + 1, x : int(right + across) + 1])
    found = _moved(await eyes.detect_query(crop), np.array([x, y], np.float32))
    inside = _shown(found, options)
    asked = _inside(inside, region)
    if not asked:
        return replace(whole, asked=())
    return replace(inside, asked=asked, before=len(whole.people))


def _moved(seen: Seen, by: Floats) -> Seen:
    faces = replace(
        seen.faces, xyxy=seen.faces.xyxy + np.tile(by, 2), landmarks=seen.faces.landmarks + by
    )
    return Seen(faces, replace(seen.bodies, xyxy=seen.bodies.xyxy + np.tile(by, 2)))


def _inside(shown: Shown, region: Region) -> tuple[int, ...]:
    people = shown.people
    if not len(people):
        return ()
    boxes = people.xyxy.copy()
    with_face = people.face >= 0
    boxes[with_face] = shown.seen.faces.xyxy[people.face[with_face]]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = np.array(region[:2]), np.array(region[2:])
    inside = np.flatnonzero(((middle >= low) & (middle <= high)).all(axis=1))
    if len(inside):
        return tuple(int(number) for number in inside)
    sides = np.minimum(people.xyxy[:, 2:], high) - np.maximum(people.xyxy[:, :2], low)
    share = np.maximum(sides, 0).prod(axis=1) / (high - low).prod()
    best = int(np.argmax(share))
    return (best,) if share[best] >= _LEAST_SHARE else ()
