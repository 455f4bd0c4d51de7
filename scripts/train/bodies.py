"""Body vectors, learnt from person-reidentification-retail-0248.

    python -m scripts.train bodies WORK --models DIR [--steps N] [--seconds S]

Cuts bodies out of `WORK/scenes/*.npz`, writes `WORK/bodies.pt`; goes on where it was stopped.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from scripts.train.embedding import Views, learn_vectors
from scripts.train.interpreted import Interpreted
from scripts.train.nets import body_embedder
from scripts.train.pack import Floats, Image, Pack, read_packs
from scripts.train.schedule import Run, device

_SIZE = (144, 288)
"""Width and height of a stored body; a ninth of it is margin."""

_LEAST_SCORE, _LEAST_HEIGHT, _LEAST_RATIO = 0.45, 56, 1.5
VIEWS = Views(
    student=(128, 64),
    teacher=(256, 128),
    reach=(256 / 288, 128 / 144),
    shift=0.03,
    scale=0.06,
    turn=0.03,
)


def bodies_in(pack: Pack) -> list[Image]:
    """Every upright body that is large enough, with its margin."""
    made = []
    for number in range(len(pack)):
        rows = pack.bodies[pack.bodies[:, 0] == number]
        sides = rows[:, 3:5] - rows[:, 1:3]
        kept = (rows[:, 5] >= _LEAST_SCORE) & (sides[:, 1] >= _LEAST_HEIGHT)
        kept &= sides[:, 1] >= _LEAST_RATIO * sides[:, 0]
        if kept.any():
            picture = pack.picture(number)
            made += [_cut(picture, row) for row in rows[kept, 1:5]]
    return made


def _cut(picture: Image, box: Floats) -> Image:
    margin = (box[2:] - box[:2]) / 16
    left, top = box[:2] - margin
    across, down = (box[2:] - box[:2]) + 2 * margin
    target = np.array([[_SIZE[0] / across, 0, 0], [0, _SIZE[1] / down, 0]], np.float32)
    target[:, 2] = -target[[0, 1], [0, 1]] * (left, top)
    return np.asarray(
        cv2.warpAffine(picture, target, _SIZE, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


class _Teacher(torch.nn.Module):
    """Takes pictures as the other networks do."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._network = Interpreted(path)

    def forward(self, pictures: Tensor) -> Tensor:
        """(n, 3, 256, 128) BGR 0 to 255 to (n, 256)."""
        vectors: Tensor = self._network(pictures.permute(0, 2, 3, 1))
        return vectors


def main(words: list[str]) -> None:
    """Train the body embedder."""
    parser = argparse.ArgumentParser(prog="bodies", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=30_000)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--batch", type=int, default=384)
    given = parser.parse_args(words)
    dev = device()
    crops = bodies_in(read_packs(sorted((given.work / "scenes").glob("*.npz"))))
    print(f"{len(crops)} bodies")
    stored = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).contiguous().to(dev)
    teacher = _Teacher(given.models / "reid_omz_0248.onnx").eval().to(dev)
    student = body_embedder().to(dev, memory_format=torch.channels_last)
    run = Run(student, given.work / "bodies.pt", given.steps, 3e-3, seconds=given.seconds)
    learn_vectors(run, teacher, stored, VIEWS, batch=given.batch, mix=0.4)
