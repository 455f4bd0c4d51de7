"""Pseudo-labels: what the teachers see in pictures that nobody has labelled.

    python -m scripts.train labels WORK --models DIR [--processes N]

Reads `WORK/raw/`, writes `WORK/scenes/<source>.npz` (bodies and faces for the detector) and
`WORK/faces/<source>.npz` (aligned faces). A source that is done is left alone.
"""

import argparse
import multiprocessing
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scripts.train.geometry import face_in_margin, margin_template
from scripts.train.pack import BODY_COLUMNS, FACE_COLUMNS, Floats, Image, Pack, encoded, read_packs
from scripts.train.progress import shown
from scripts.train.sources import read_sources
from scripts.train.teachers import Boxes

_QUALITY = 80
_LEAST_SIDE, _LEAST_SCORE = 36, 0.7
_SHARE_OF_POOL = 16

_teachers: list[Boxes] = []
"""One per process; sessions cannot be sent to another."""


def main(words: list[str]) -> None:
    """Label every source that is not labelled yet."""
    parser = argparse.ArgumentParser(prog="labels", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(words)
    turned = {source.name for source in read_sources() if source.turned}
    pool_of = multiprocessing.get_context("spawn").Pool
    with pool_of(given.processes, _start, (given.models,)) as pool:
        for kind, into, label in (
            ("scenes", "scenes", _scenes),
            ("portraits", "faces", _faces),
        ):
            (given.work / into).mkdir(parents=True, exist_ok=True)
            for path in sorted((given.work / "raw" / kind).glob("*.npz")):
                target = given.work / into / path.name
                if target.exists():
                    continue
                ask = partial(pool.imap, chunksize=_SHARE_OF_POOL)
                label(read_packs([path]), ask, path.stem, turned=path.stem in turned).save(target)


def _start(models: Path) -> None:
    cv2.setNumThreads(1)
    _teachers.append(Boxes(models))


def _decoded(data: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _scenes(raw: Pack, ask: Callable[..., Iterable[Any]], name: str, *, turned: bool) -> Pack:
    pack, bodies, faces = Pack(), [], []
    answers = ask(_look_upright if turned else _look, raw.pictures)
    for picture, label, seen in zip(
        raw.pictures, raw.names, shown(answers, f"label {name}", len(raw)), strict=True
    ):
        if seen is not None:
            number = np.float32(len(pack))
            bodies.append(np.insert(seen[0], 0, number, axis=1))
            faces.append(np.insert(seen[1], 0, number, axis=1))
            pack.pictures.append(picture)
            pack.names.append(label)
    pack.bodies = np.concatenate([np.empty((0, BODY_COLUMNS), np.float32), *bodies])
    pack.faces = np.concatenate([np.empty((0, FACE_COLUMNS), np.float32), *faces])
    return pack


def _look(data: bytes) -> tuple[Floats, Floats] | None:
    image = _decoded(data)
    return _teachers[0].bodies(image), _teachers[0].faces(image)


def _look_upright(data: bytes) -> tuple[Floats, Floats] | None:
    """As `_look`; None for a copy that stands on its head."""
    image = _decoded(data)
    bodies = _teachers[0].bodies(image)
    other = _teachers[0].bodies(np.ascontiguousarray(image[::-1]))
    if other[:, 4].sum() > bodies[:, 4].sum():
        return None
    return bodies, _teachers[0].faces(image)


def _faces(raw: Pack, ask: Callable[..., Iterable[Any]], name: str, *, turned: bool) -> Pack:
    del turned
    pack, rows = Pack(), []
    answers = ask(_largest_face, raw.pictures)
    for label, face in zip(raw.names, shown(answers, f"align {name}", len(raw)), strict=True):
        if face is not None:
            rows.append(np.insert(face[1], 0, np.float32(len(pack))))
            pack.pictures.append(face[0])
            pack.names.append(label)
    pack.faces = np.array(rows, np.float32).reshape(-1, FACE_COLUMNS)
    return pack


def _largest_face(data: bytes) -> tuple[bytes, Floats] | None:
    image = _decoded(data)
    face = _aligned(image)
    return _aligned(_with_margin(image)) if face is None else face


def _aligned(image: Image) -> tuple[bytes, Floats] | None:
    rows = _teachers[0].faces(image)
    rows = rows[rows[:, 4] >= _LEAST_SCORE]
    if not len(rows):
        return None
    side = rows[:, 2] - rows[:, 0]
    if side.max() < _LEAST_SIDE:
        return None
    face = rows[int(side.argmax())]
    stored, matrix = margin_template(image, face[5:].reshape(5, 2))
    return encoded(stored, _QUALITY), face_in_margin(face, matrix)


def _with_margin(image: Image) -> Image:
    """On a larger canvas: of a tight crop, detectors miss what surrounds a face."""
    down, across = image.shape[0] // 3, image.shape[1] // 3
    made = cv2.copyMakeBorder(image, down, down, across, across, cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)
