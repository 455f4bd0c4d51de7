"""Make the pictures small enough to be moved to where they are labelled and learnt from.

    python -m scripts.train shrink WORK [--only SOURCE] [--most N]

Reads `WORK/pictures/<source>/`, writes `WORK/raw/scenes/<source>.npz` and
`WORK/raw/portraits/<source>.npz`. A source that is done is left alone.
"""

import argparse
import hashlib
from pathlib import Path

import cv2
import numpy as np

from scripts.train.pack import Image, Pack, encoded
from scripts.train.progress import shown
from scripts.train.sources import Source, read_sources

SCENE_SIDE = 416
"""Longer side of a scene, pixels: what the detector sees."""

PORTRAIT_SIDE = 160
"""Shorter side of a portrait, pixels: a face of the teacher's size and some room."""

_LEAST = 96
_QUALITY = 78
_BLACK, _MUCH = 4, 0.12


def main(words: list[str]) -> None:
    """Shrink every source that is not there yet."""
    parser = argparse.ArgumentParser(prog="shrink", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--only", action="append")
    parser.add_argument("--most", type=int, help="pictures of a source")
    given = parser.parse_args(words)
    for source in read_sources():
        folder = given.work / "pictures" / source.name
        if not folder.is_dir() or (given.only and source.name not in given.only):
            continue
        for kind, limit in source.uses.items():
            target = given.work / "raw" / kind / f"{source.name}.npz"
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                paths = pictures_of(folder)[: min(given.most or limit, limit)]
                shrunk(paths, source, kind).save(target)


def pictures_of(folder: Path) -> list[Path]:
    """The files of a source, in an order that chance fixed once and for all."""
    every = [path for path in folder.iterdir() if path.is_file()]
    return sorted(every, key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())


def shrunk(paths: list[Path], source: Source, kind: str) -> Pack:
    """The pictures of one source in the size that they are needed in."""
    pack = Pack()
    for path in shown(paths, f"{kind} {source.name}"):
        read = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if (
            path.name in source.left_out
            or read is None
            or (kind == "scenes" and min(read.shape[:2]) < _LEAST)
        ):
            continue
        picture = np.asarray(read, np.uint8)
        if source.turned and float((picture.max(axis=2) <= _BLACK).mean()) > _MUCH:
            continue  # a copy that was turned, on a black canvas
        pack.pictures.append(encoded(smaller(picture, kind), _QUALITY))
        pack.names.append(f"{source.name}/{path.name}")
    return pack


def smaller(picture: Image, kind: str) -> Image:
    """Shrunk to what its use needs, never enlarged."""
    sides = picture.shape[:2]
    scale = SCENE_SIDE / max(sides) if kind == "scenes" else PORTRAIT_SIDE / min(sides)
    if scale >= 1:
        return picture
    size = (round(sides[1] * scale), round(sides[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
