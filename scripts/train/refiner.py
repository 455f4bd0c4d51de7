"""The five points of a face, learnt from YuNet's on portraits, where they are good.

    python -m scripts.train refiner WORK [--steps N] [--seconds S]

Reads `WORK/faces/*.npz`, writes `WORK/refiner.pt`; goes on where it was stopped.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from scripts.train.embedding import disturbed
from scripts.train.nets import REFINER_REACH, REFINER_SIDE, Refiner
from scripts.train.pack import read_packs
from scripts.train.schedule import Run, device

_HALF = 0.5
_MIRRORED = (1, 0, 2, 4, 3)


def crops(stored: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Crops around boxes that are a little off, and where the points lie in them (-1 to 1).

    Args:
        stored: (n, 3, h, w) 0 to 255.
        rows: (n, 15) box, score and points, pixels.
    """
    count, dev = len(stored), stored.device
    extent = stored.shape[-1]
    middle, sides = (rows[:, :2] + rows[:, 2:4]) / 2, rows[:, 2:4] - rows[:, :2]
    side = sides.max(1, keepdim=True).values
    middle = middle + torch.randn(count, 2, device=dev) * 0.06 * side
    half = side / 2 * REFINER_REACH * torch.exp(torch.randn(count, 1, device=dev) * 0.09)
    angle = torch.randn(count, device=dev) * 0.25
    mirror = torch.where(torch.rand(count, device=dev) < _HALF, -1.0, 1.0)
    turn = torch.stack(
        [torch.stack([torch.cos(angle) * mirror, -torch.sin(angle)], 1),
         torch.stack([torch.sin(angle) * mirror, torch.cos(angle)], 1)], 1
    )  # fmt: skip
    matrix = torch.cat(
        [turn * half[..., None] * 2 / extent, (middle * 2 / extent - 1)[..., None]], 2
    )
    grid = functional.affine_grid(
        matrix, [count, 3, REFINER_SIDE, REFINER_SIDE], align_corners=False
    )
    made = functional.grid_sample(stored, grid, padding_mode="border", align_corners=False)
    points = rows[:, 5:].reshape(-1, 5, 2) - middle[:, None]
    points = torch.linalg.solve(turn, points.transpose(1, 2)).transpose(1, 2) / half[..., None]
    return made, torch.where((mirror < 0)[:, None, None], points[:, list(_MIRRORED)], points)


def main(words: list[str]) -> None:
    """Train the refiner."""
    parser = argparse.ArgumentParser(prog="refiner", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--batch", type=int, default=512)
    given = parser.parse_args(words)
    dev = device()
    pack = read_packs(sorted((given.work / "faces").glob("*.npz")))
    every = np.stack([pack.picture(number) for number in range(len(pack))])
    stored = torch.from_numpy(every).permute(0, 3, 1, 2).contiguous().to(dev)
    labels = torch.from_numpy(pack.faces[:, 1:]).to(dev)
    network = Refiner().to(dev, memory_format=torch.channels_last)
    run = Run(network, given.work / "refiner.pt", given.steps, 3e-3, seconds=given.seconds)
    while not run.done:
        rows = torch.randint(len(stored), (given.batch,), device=dev)
        shown, points = crops(stored[rows].float(), labels[rows])
        with torch.autocast(dev.type, torch.bfloat16):
            told = network(disturbed(shown).contiguous(memory_format=torch.channels_last))
        away = told.float().reshape(-1, 5, 2) - points
        loss = functional.smooth_l1_loss(away, torch.zeros_like(away), beta=0.02)
        run.learn(loss, {"share of the crop": away.detach().norm(dim=-1).mean() / 2})
