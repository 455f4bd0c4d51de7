"""Who was found in a scene that is looped: compared between two ways of looking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.tracking.boxes import grown_iou

FITS = 0.5
"""Intersection over union from which two boxes are the same person's, as in MOTChallenge."""

LEAST_MS = 1000
"""Who was in view for less is not asked for: nobody promises to look so often."""

HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The believed people who were seen in one frame: their numbers, and (n, 4) boxes in pixels."""

    at_ms: int
    numbers: tuple[int, ...]
    xyxy: Floats


@dataclass(frozen=True, slots=True)
class Person:
    """One track of the reference: the moments in which it was seen."""

    at_ms: list[int] = field(default_factory=list)
    xyxy: list[Floats] = field(default_factory=list)


def people_in(moments: Iterable[Moment]) -> list[Person]:
    """Everybody who was in view for a second or longer."""
    people: dict[int, Person] = {}
    for moment in moments:
        for number, box in zip(moment.numbers, moment.xyxy, strict=True):
            person = people.setdefault(number, Person())
            person.at_ms.append(moment.at_ms)
            person.xyxy.append(box)
    return [one for one in people.values() if one.at_ms[-1] - one.at_ms[0] >= LEAST_MS]


def found(people: Sequence[Person], moments: Sequence[Moment], frame_ms: float) -> list[bool]:
    """Which of the reference's people the other way has found as well.

    A person is found when a believed track of the other way lies on it in half of the moments at
    which both saw the scene while it was in view.

    Args:
        people: the reference.
        moments: the other way's, times within the scene.
        frame_ms: two times that differ by less are the same frame.
    """
    return [_covered(person, moments, frame_ms) for person in people]


def _covered(person: Person, moments: Sequence[Moment], frame_ms: float) -> bool:
    times = np.asarray(person.at_ms)
    common, hits = 0, 0
    for moment in moments:
        nearest = int(np.abs(times - moment.at_ms).argmin())
        if abs(int(times[nearest]) - moment.at_ms) >= frame_ms / 2:
            continue
        common += 1
        no_growth = np.zeros((len(moment.xyxy), 2), np.float32)
        fits = grown_iou(moment.xyxy, person.xyxy[nearest][None], no_growth)
        hits += bool(fits.size and fits.max() >= FITS)
    return common > 0 and hits >= HALF * common
