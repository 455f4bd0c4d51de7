"""Training pictures for the detector, put together on the device from labelled scenes."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from scripts.train.pack import Floats, Pack

_TILED, _HALF = 0.6, 0.5
_MIRRORED_POINTS = (1, 0, 2, 4, 3)
_SURE = {"bodies": 0.4, "faces": 0.6}
"""Teacher's score from which a box is learnt; of one below, nothing is."""


@dataclass(frozen=True, slots=True)
class Scenes:
    """All scenes and their labels on the device.

    Attributes:
        pictures: (n, 3, side, side) uint8, each at the top left, gray elsewhere.
        sizes: (n, 2) width and height, pixels.
        bodies: (n, k, 5) boxes and scores; score 0 where there is none.
        faces: (n, k, 15) boxes, scores and points.
        weights: (n,) how often each is taken.
    """

    pictures: Tensor
    sizes: Tensor
    bodies: Tensor
    faces: Tensor
    weights: Tensor


def load_scenes(pack: Pack, side: int, most: int, dev: torch.device) -> Scenes:
    """Decode every scene."""
    pictures = torch.full((len(pack), 3, side, side), 114, dtype=torch.uint8)
    sizes = torch.zeros(len(pack), 2)
    for number in range(len(pack)):
        picture = torch.from_numpy(pack.picture(number)).permute(2, 0, 1)
        pictures[number, :, : picture.shape[1], : picture.shape[2]] = picture
        sizes[number] = torch.tensor([picture.shape[2], picture.shape[1]])
    bodies, faces = (
        torch.from_numpy(_by_picture(rows, len(pack), most)) for rows in (pack.bodies, pack.faces)
    )
    # A picture nobody is in teaches less than one with a crowd.
    weights = 0.3 + (bodies[..., 4] > 0).sum(1).clamp(max=6).float().sqrt()
    parts = (pictures, sizes, bodies, faces, weights)
    return Scenes(*(part.to(dev) for part in parts))


def _by_picture(rows: Floats, count: int, most: int) -> Floats:
    made = np.zeros((count, most, rows.shape[1] - 1), np.float32)
    number = rows[:, 0].astype(np.intp)
    order = np.lexsort((-rows[:, 5], number))
    first = np.searchsorted(number[order], np.arange(count))
    rank = np.arange(len(order)) - first[number[order]]
    kept = rank < most
    made[number[order][kept], rank[kept]] = rows[order][kept, 1:]
    return made


@dataclass(frozen=True, slots=True)
class Canvases:
    """Pictures to learn from, with what is in them.

    Attributes:
        pictures: (n, 3, side, side) float, 0 to 255.
        bodies: (n, m, 5) boxes in their pixels and scores; a negative score: left out of the loss.
        faces: (n, m, 15) the same with points.
    """

    pictures: Tensor
    bodies: Tensor
    faces: Tensor


def canvases(scenes: Scenes, count: int, side: int) -> Canvases:
    """Draw canvases: three of five with four scenes around a point, the others with one."""
    dev = scenes.pictures.device
    tiled = torch.rand(count, device=dev) < _TILED
    middle = torch.where(
        tiled[:, None], (torch.rand(count, 2, device=dev) * 0.5 + 0.25) * side,
        torch.full((count, 2), float(side), device=dev),
    )  # fmt: skip
    pictures = torch.full((count, 3, side, side), 114.0, device=dev)
    bodies, faces = [], []
    for quarter in range(4):
        low = torch.stack([middle[:, 0] * (quarter % 2), middle[:, 1] * (quarter // 2)], 1)
        high = torch.stack(
            [middle[:, 0] if quarter % 2 == 0 else torch.full_like(middle[:, 0], side),
             middle[:, 1] if quarter // 2 == 0 else torch.full_like(middle[:, 1], side)], 1
        )  # fmt: skip
        drawn = _draw(scenes, pictures, low, high, tiled)
        bodies.append(drawn[0])
        faces.append(drawn[1])
    return Canvases(disturbed(pictures), torch.cat(bodies, 1), torch.cat(faces, 1))


def _draw(
    scenes: Scenes, pictures: Tensor, low: Tensor, high: Tensor, tiled: Tensor
) -> tuple[Tensor, Tensor]:
    """Draw one scene each into the part between `low` and `high`; returns bodies and faces."""
    count, side = len(pictures), pictures.shape[-1]
    dev = pictures.device
    rows = torch.multinomial(scenes.weights, count, replacement=True)
    size = scenes.sizes[rows]
    longest = size.max(1).values
    least = torch.where(tiled, 0.3, 0.55) * side
    most = torch.where(tiled, 1.1, 1.7) * side
    grow = torch.exp(torch.rand(count, device=dev) * (most / least).log() + least.log()) / longest
    grow = grow.clamp(max=2.5)
    aspect = torch.exp(torch.randn(count, device=dev) * 0.07)
    scale = torch.stack([grow * aspect, grow / aspect], 1)
    mirror = torch.rand(count, device=dev) < _HALF
    room = (high - low) - size * scale
    # Room left: anywhere in it. None: any part of the scene that fills the room.
    offset = low + room * torch.rand(count, 2, device=dev)
    _paint(scenes.pictures[rows], pictures, low, high, offset, scale, size, mirror)
    moved = [
        _moved(labels[rows], offset, scale, size, mirror)
        for labels in (scenes.bodies, scenes.faces)
    ]
    low = torch.maximum(low, offset)
    high = torch.minimum(high, offset + size * scale)
    return (
        _clipped(moved[0], low, high, _SURE["bodies"], 0.3, 8.0),
        _clipped(moved[1], low, high, _SURE["faces"], 0.6, 6.0),
    )


def _paint(  # noqa: PLR0917
    sources: Tensor, pictures: Tensor, low: Tensor, high: Tensor,
    offset: Tensor, scale: Tensor, size: Tensor, mirror: Tensor,
) -> None:  # fmt: skip
    count, _, side, _ = pictures.shape
    extent = sources.shape[-1]
    ticks = torch.arange(side, device=pictures.device) + 0.5
    at = [(ticks[None] - offset[:, axis, None]) / scale[:, axis, None] for axis in (0, 1)]
    at[0] = torch.where(mirror[:, None], size[:, :1] - at[0], at[0])
    inside = [
        (at[axis] >= 0) & (at[axis] < size[:, axis, None])
        & (ticks >= low[:, axis, None]) & (ticks < high[:, axis, None])
        for axis in (0, 1)
    ]  # fmt: skip
    grid = torch.stack(
        [(at[0] * 2 / extent - 1)[:, None, :].expand(count, side, side),
         (at[1] * 2 / extent - 1)[:, :, None].expand(count, side, side)], -1
    )  # fmt: skip
    values = sources.float()
    half = functional.interpolate(values, scale_factor=0.5, mode="area")
    fine = functional.grid_sample(values, grid, padding_mode="border", align_corners=False)
    coarse = functional.grid_sample(half, grid, padding_mode="border", align_corners=False)
    # What is shrunk a lot is read from half the size, or fine patterns would alias.
    much = ((0.75 - scale.mean(1)) / 0.25).clamp(0, 1)[:, None, None, None]
    seen = torch.lerp(fine, coarse, much)
    mask = (inside[1][:, None, :, None] & inside[0][:, None, None, :]).float()
    pictures.lerp_(seen, mask.expand_as(pictures))


def _moved(rows: Tensor, offset: Tensor, scale: Tensor, size: Tensor, mirror: Tensor) -> Tensor:
    made = rows.clone()
    flip = mirror[:, None]
    wide = size[:, :1]
    left, right = rows[..., 0], rows[..., 2]
    made[..., 0] = torch.where(flip, wide - right, left)
    made[..., 2] = torch.where(flip, wide - left, right)
    across, down = scale[:, None, 0], scale[:, None, 1]
    for column in (0, 2):
        made[..., column] = made[..., column] * across + offset[:, None, 0]
        made[..., column + 1] = made[..., column + 1] * down + offset[:, None, 1]
    if rows.shape[-1] > 5:  # noqa: PLR2004
        points = rows[..., 5:].reshape(*rows.shape[:2], 5, 2)
        mirrored = points[:, :, list(_MIRRORED_POINTS)]
        mirrored = torch.stack([wide[..., None] - mirrored[..., 0], mirrored[..., 1]], -1)
        points = torch.where(flip[..., None, None], mirrored, points)
        points = points * scale[:, None, None] + offset[:, None, None]
        made[..., 5:] = points.flatten(2)
    return made


def _clipped(  # noqa: PLR0917
    rows: Tensor, low: Tensor, high: Tensor, sure: float, least_shown: float, least_side: float
) -> Tensor:
    """Cut boxes off at the edges; mark what is not to be learnt with a negative score."""
    made = rows.clone()
    made[..., :2] = torch.maximum(rows[..., :2], low[:, None])
    made[..., 2:4] = torch.minimum(rows[..., 2:4], high[:, None])
    sides = (made[..., 2:4] - made[..., :2]).clamp(min=0)
    whole = (rows[..., 2:4] - rows[..., :2]).clamp(min=1e-3)
    shown = sides.prod(-1) / whole.prod(-1)
    score = rows[..., 4]
    poor = (score < sure) | (shown < least_shown) | (sides.max(-1).values < least_side)
    signed = torch.where(poor, -score.abs(), score)
    # Hardly there, or too small to see: as if it was not there.
    there = (shown > 0.08) & (sides.max(-1).values > 4) & (score > 0)  # noqa: PLR2004
    made[..., 4] = torch.where(there, signed, torch.zeros_like(score))
    return made


def disturbed(pictures: Tensor) -> Tensor:
    """Light, colour, blur and noise, each for some of the canvases."""
    count, dev = len(pictures), pictures.device

    def some(share: float) -> Tensor:
        return (torch.rand(count, 1, 1, 1, device=dev) < share).float()

    def between(low: float, high: float, channels: int = 1) -> Tensor:
        return torch.rand(count, channels, 1, 1, device=dev) * (high - low) + low

    half = functional.interpolate(pictures, scale_factor=0.5, mode="area")
    soft = functional.interpolate(half, scale_factor=2.0, mode="bilinear", align_corners=False)
    pictures = torch.lerp(pictures, soft, some(0.2) * between(0.3, 1.0))
    gray = pictures.mean(1, keepdim=True).expand_as(pictures)
    pictures = torch.lerp(pictures, gray, some(0.5) * between(-0.4, 0.8) + some(0.05))
    gain = 1 + some(0.7) * (between(0.5, 1.4) - 1)
    tint = 1 + some(0.4) * (between(0.88, 1.12, 3) - 1)
    dark = 1 + some(0.25) * (between(0.7, 1.8) - 1)
    pictures = 255 * (pictures.clamp(0, 255) / 255).clamp(min=1e-4) ** dark
    pictures = pictures * gain * tint + some(0.4) * between(-25, 25)
    pictures = pictures + some(0.3) * between(0, 9) * torch.randn_like(pictures)
    return pictures.clamp(0, 255)
