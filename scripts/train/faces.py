"""Face vectors, learnt from face-reidentification-retail-0095.

    python -m scripts.train faces WORK --models DIR [--steps N] [--seconds S]

Reads `WORK/faces/*.npz`, writes `WORK/faces.pt`; goes on where it was stopped.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from scripts.train.embedding import Views, learn_vectors
from scripts.train.geometry import MARGIN_SCALE, MARGIN_SIDE, TEACHER_SIDE
from scripts.train.interpreted import Interpreted
from scripts.train.nets import face_embedder
from scripts.train.pack import read_packs
from scripts.train.schedule import Run, device

_REACH = TEACHER_SIDE * MARGIN_SCALE / MARGIN_SIDE
VIEWS = Views(
    student=(96, 96),
    teacher=(TEACHER_SIDE, TEACHER_SIDE),
    reach=(_REACH, _REACH),
    shift=0.015,
    scale=0.04,
    turn=0.05,
)


def main(words: list[str]) -> None:
    """Train the face embedder."""
    parser = argparse.ArgumentParser(prog="faces", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=60_000)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--batch", type=int, default=512)
    given = parser.parse_args(words)
    dev = device()
    pack = read_packs(sorted((given.work / "faces").glob("*.npz")))
    every = np.stack([pack.picture(number) for number in range(len(pack))])
    stored = torch.from_numpy(every).permute(0, 3, 1, 2).contiguous().to(dev)
    teacher = Interpreted(given.models / "facerec_omz_0095_fp16w.onnx").eval().to(dev)
    student = face_embedder().to(dev, memory_format=torch.channels_last)
    run = Run(student, given.work / "faces.pt", given.steps, 3e-3, seconds=given.seconds)
    learn_vectors(run, teacher, stored, VIEWS, batch=given.batch, mix=0.5)
