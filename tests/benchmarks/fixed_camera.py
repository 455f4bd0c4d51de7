"""A day of one fixed camera, put together from real footage of one scene.

People are cut out of the footage by the scene's median and come in again at other times, places,
sizes and speeds, alone or several together, in changing light.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from numpy.random import Generator, default_rng

from edge_agent.fingerprints import RATE, SIDE
from edge_agent.media.sampled import sample_video

Pictures = npt.NDArray[np.uint8]
HOUR = round(3600 * RATE)


def hours(footage: Path, count: int, seed: int = 5) -> Iterator[tuple[Pictures, list[int]]]:
    """So many hours: (3600 * RATE, SIDE, SIDE) grey, and when somebody comes."""
    pictures = sample_video(footage, rate=RATE, side=SIDE).pictures.astype(np.float32)
    scene = np.median(pictures, axis=0)
    people = pictures - scene
    rng = default_rng(seed)
    for _ in range(count):
        hour = np.repeat(scene[None], HOUR, axis=0)
        arrivals = _fill(hour, people, rng)
        light = 1 + 0.1 * np.sin(np.arange(HOUR) / HOUR * 2 * np.pi * rng.uniform(0.5, 2))
        hour *= light[:, None, None].astype(np.float32)
        hour += rng.normal(0, 0.4, hour.shape).astype(np.float32)
        yield np.clip(hour, 0, 255).astype(np.uint8), arrivals


def _fill(
    hour: npt.NDArray[np.float32], people: npt.NDArray[np.float32], rng: Generator
) -> list[int]:
    arrivals, at = [], int(rng.integers(50, 200))
    while at < HOUR - 400:
        arrivals.append(at)
        for _ in range(int(rng.integers(1, 4))):
            _walk(hour, people, rng, at + int(rng.integers(0, 60)))
        at += int(rng.integers(200, 600))
    return arrivals


def _walk(
    hour: npt.NDArray[np.float32], people: npt.NDArray[np.float32], rng: Generator, start: int
) -> None:
    """One person of the footage, for 10 to 20 s."""
    frames = int(rng.integers(100, 200))
    speed = rng.uniform(0.6, 1.6) * rng.choice((-1, 1))
    first = rng.uniform(0, len(people))
    scale, shift = rng.uniform(0.7, 1.3), rng.uniform(-12, 12, 2)
    middle = SIDE / 2
    place = np.array(
        [
            [scale, 0, middle - scale * middle + shift[0]],
            [0, scale, middle * (1 - scale) + shift[1]],
        ]
    )
    mirrored = rng.random() < 0.5
    for number in range(min(frames, HOUR - start)):
        person = people[int(first + number * speed) % len(people)]
        person = np.ascontiguousarray(person[:, ::-1]) if mirrored else person
        hour[start + number] += cv2.warpAffine(person, place, (SIDE, SIDE))
