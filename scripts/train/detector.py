"""The detector of faces and bodies, learnt from pseudo-labels.

    python -m scripts.train detector WORK [--steps N] [--seconds S] [--side PIXELS]

Reads `WORK/scenes/*.npz`, writes `WORK/detector.pt`; goes on where it was stopped. Which cells
answer for a box is settled anew in each step by how well they do already (task-aligned assignment:
Feng et al., "TOOD: Task-aligned One-stage Object Detection", ICCV 2021).
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from scripts.train.canvases import canvases, load_scenes
from scripts.train.nets import STRIDES, Detector
from scripts.train.pack import read_packs
from scripts.train.schedule import Run, device

SCENE_SIDE = 416
_MOST_BOXES = 40
_CELLS_PER_BOX = 9
_ALPHA, _BETA = 1.0, 5.0


def cells(side: int, dev: torch.device) -> tuple[Tensor, Tensor]:
    """(a, 2) middle of every cell and (a, 1) its stride, pixels."""
    middles, steps = [], []
    for stride in STRIDES:
        count = side // stride
        down, across = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
        middles.append((torch.stack([across, down], -1).reshape(-1, 2) + 0.5) * stride)
        steps.append(torch.full((count * count, 1), float(stride)))
    return torch.cat(middles).to(dev), torch.cat(steps).to(dev)


def boxes_of(output: Tensor, middles: Tensor, steps: Tensor) -> Tensor:
    """(n, a, 4) boxes of a head's answer."""
    centre = middles + output[..., 1:3] * steps
    half = torch.exp(output[..., 3:5].clamp(-4, 5)) * steps / 2
    return torch.cat([centre - half, centre + half], -1)


def overlap(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union and its generalised form (Rezatofighi et al., CVPR 2019)."""
    low, high = (
        torch.maximum(one[..., :2], other[..., :2]),
        torch.minimum(one[..., 2:], other[..., 2:]),
    )
    shared = (high - low).clamp(min=0).prod(-1)
    areas = [(box[..., 2:] - box[..., :2]).clamp(min=0).prod(-1) for box in (one, other)]
    union = areas[0] + areas[1] - shared + 1e-6
    low, high = (
        torch.minimum(one[..., :2], other[..., :2]),
        torch.maximum(one[..., 2:], other[..., 2:]),
    )
    hull = (high - low).clamp(min=0).prod(-1) + 1e-6
    iou = shared / union
    return iou, iou - (hull - union) / hull


@dataclass(frozen=True, slots=True)
class Assigned:
    """What each cell is to learn.

    Attributes:
        box: (n, a) row of the box it answers for.
        answers: (n, a) bool, whether it answers for one.
        target: (n, a) score to be given.
        left_out: (n, a) bool, whether its score is left out.
    """

    box: Tensor
    answers: Tensor
    target: Tensor
    left_out: Tensor


@torch.no_grad()
def assign(score: Tensor, found: Tensor, rows: Tensor, middles: Tensor, steps: Tensor) -> Assigned:
    """Settle which cells answer for which box.

    Args:
        score: (n, a) given so far, 0 to 1.
        found: (n, a, 4) boxes given so far.
        rows: (n, m, 5 and more) true boxes with scores as in `Canvases`.
        middles: (a, 2).
        steps: (a, 1).
    """
    box, sure = rows[..., :4], rows[..., 4]
    inside = ((middles > box[:, :, None, :2]) & (middles < box[:, :, None, 2:])).all(-1)
    doubtful = (inside & (sure < 0)[..., None]).any(1)
    centre = (box[..., :2] + box[..., 2:]) / 2
    # A small box has no cell's middle inside: the cells beside its centre may answer for it.
    near = ((middles - centre[:, :, None]).abs() < 1.0 * steps[:, 0, None]).all(-1)
    may = (inside | near) & (sure > 0)[..., None]
    iou, _ = overlap(found[:, None], box[:, :, None])
    fit = score[:, None] ** _ALPHA * iou.clamp(min=0) ** _BETA
    fit = torch.where(may, fit + 1e-9, torch.zeros_like(fit))
    best = fit.topk(_CELLS_PER_BOX, dim=2)
    chosen = torch.zeros_like(fit).scatter_(2, best.indices, best.values) > 0
    fit = torch.where(chosen, fit, torch.zeros_like(fit))
    claim, number = torch.where(chosen, iou + 1e-6, torch.zeros_like(iou)).max(1)
    answers = claim > 0
    own = torch.gather(fit, 1, number[:, None])[:, 0]
    largest = fit.max(2).values.clamp(min=1e-9)
    most = torch.where(chosen, iou, torch.zeros_like(iou)).max(2).values
    target = own / torch.gather(largest, 1, number) * torch.gather(most, 1, number)
    target = torch.where(answers, target.clamp(0, 1), torch.zeros_like(target))
    return Assigned(number, answers, target, doubtful & ~answers)


def head_loss(
    output: Tensor, rows: Tensor, middles: Tensor, steps: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Losses of scores, boxes and points of one head."""
    output = output.float()
    found = boxes_of(output, middles, steps)
    given = assign(output[..., 0].sigmoid(), found, rows, middles, steps)
    weight = given.target.sum().clamp(min=1.0)
    chance = output[..., 0].sigmoid().detach()
    # Varifocal (Zhang et al., CVPR 2021): the many empty cells count less the surer they are.
    matter = torch.where(given.answers, given.target, 0.75 * chance**2)
    matter = matter * (~given.left_out).float()
    plain = functional.binary_cross_entropy_with_logits(
        output[..., 0], given.target, reduction="none"
    )
    scores = (plain * matter).sum() / weight
    at, cell = given.answers.nonzero(as_tuple=True)
    true = rows[at, given.box[at, cell]]
    _, wide = overlap(found[at, cell], true[:, :4])
    much = given.target[at, cell]
    boxes = ((1 - wide) * much).sum() / weight
    if output.shape[-1] == 5:  # noqa: PLR2004
        return scores, boxes, boxes * 0
    points = output[at, cell, 5:].reshape(-1, 5, 2) * steps[cell][:, None] + middles[cell][:, None]
    side = (true[:, 2:4] - true[:, :2]).clamp(min=4).prod(-1).sqrt()[:, None, None]
    away = functional.smooth_l1_loss(
        points / side, true[:, 5:].reshape(-1, 5, 2) / side, beta=0.05, reduction="none"
    )
    return scores, boxes, (away.mean((1, 2)) * much).sum() / weight


def main(words: list[str]) -> None:
    """Train the detector."""
    parser = argparse.ArgumentParser(prog="detector", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--side", type=int, default=SCENE_SIDE)
    parser.add_argument("--batch", type=int, default=64)
    given = parser.parse_args(words)
    dev = device()
    pack = read_packs(sorted((given.work / "scenes").glob("*.npz")))
    scenes = load_scenes(pack, SCENE_SIDE, _MOST_BOXES, dev)
    middles, steps = cells(given.side, dev)
    network = Detector().to(dev, memory_format=torch.channels_last)
    run = Run(network, given.work / "detector.pt", given.steps, 2e-3, seconds=given.seconds)
    while not run.done:
        drawn = canvases(scenes, given.batch, given.side)
        with torch.autocast(dev.type, torch.bfloat16):
            bodies, faces = network(drawn.pictures.contiguous(memory_format=torch.channels_last))
        told = head_loss(bodies, drawn.bodies, middles, steps)
        face_told = head_loss(faces, drawn.faces, middles, steps)
        loss = told[0] + 2 * told[1] + face_told[0] + 2 * face_told[1] + 2 * face_told[2]
        run.learn(
            loss,
            {"body": told[0].detach(), "box": told[1].detach(), "face": face_told[0].detach(),
             "face box": face_told[1].detach(), "points": face_told[2].detach()},
        )  # fmt: skip
