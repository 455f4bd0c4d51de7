"""Learning vectors from a teacher: what `faces` and `bodies` share.

Student and teacher see the same augmented picture (Beyer et al., "Knowledge distillation: A good
teacher is patient and consistent", CVPR 2022), half of the pictures mixed with another one, so
that there are more people than were photographed. The loss is the angle to the teacher's vector,
and how far the similarities within the batch are from the teacher's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from scripts.train.schedule import Run

_HALF = 0.5

Teacher = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """How a picture is moved, and the sizes in which student and teacher see it.

    Attributes:
        student: (height, width) of its input.
        teacher: the same of the teacher's.
        reach: share of the stored picture's height and width that an input shows.
        shift: standard deviation of the shift, shares of what is shown.
        scale: of the logarithm of the scale.
        turn: of the angle, radians.
    """

    student: tuple[int, int]
    teacher: tuple[int, int]
    reach: tuple[float, float]
    shift: float
    scale: float
    turn: float


def moved(pictures: Tensor, views: Views) -> Tensor:
    """Pictures (n, 3, h, w) 0 to 255, each moved, turned, scaled and mirrored by chance."""
    count, dev = len(pictures), pictures.device
    grow = torch.exp(torch.randn(count, device=dev) * views.scale)
    angle = torch.randn(count, device=dev) * views.turn
    mirror = torch.where(torch.rand(count, device=dev) < _HALF, -1.0, 1.0)
    height, width = views.teacher
    matrix = torch.zeros(count, 2, 3, device=dev)
    ratio = height / width
    matrix[:, 0, 0] = views.reach[1] * grow * torch.cos(angle) * mirror
    matrix[:, 0, 1] = -views.reach[1] * grow * torch.sin(angle) * ratio
    matrix[:, 1, 0] = views.reach[0] * grow * torch.sin(angle) / ratio * mirror
    matrix[:, 1, 1] = views.reach[0] * grow * torch.cos(angle)
    matrix[:, :, 2] = torch.randn(count, 2, device=dev) * views.shift
    grid = functional.affine_grid(matrix, [count, 3, height, width], align_corners=False)
    return functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="border", align_corners=False
    )


def disturbed(pictures: Tensor) -> Tensor:
    """Light, colour, blur, low resolution, noise, something in front: each for some."""
    count, dev = len(pictures), pictures.device

    def some(share: float) -> Tensor:
        return (torch.rand(count, 1, 1, 1, device=dev) < share).float()

    def between(low: float, high: float, channels: int = 1) -> Tensor:
        return torch.rand(count, channels, 1, 1, device=dev) * (high - low) + low

    small = functional.interpolate(pictures, scale_factor=0.5, mode="area")
    tiny = functional.interpolate(pictures, scale_factor=0.3, mode="area")
    size = list(pictures.shape[2:])
    for coarse, share in ((small, 0.25), (tiny, 0.15)):
        blurred = functional.interpolate(coarse, size=size, mode="bilinear", align_corners=False)
        pictures = torch.lerp(pictures, blurred, some(share) * between(0.4, 1.0))
    gray = pictures.mean(1, keepdim=True)
    pictures = torch.lerp(pictures, gray.expand_as(pictures), some(0.12))
    gain = 1 + some(0.7) * (between(0.55, 1.35) - 1)
    tint = 1 + some(0.5) * (between(0.88, 1.12, 3) - 1)
    pictures = pictures * gain * tint + some(0.5) * between(-25, 25)
    pictures = pictures + some(0.3) * between(0, 10) * torch.randn_like(pictures)
    return pictures.clamp(0, 255)


def mixed(pictures: Tensor, share: float) -> Tensor:
    """Some of the pictures with another one showing through."""
    count, dev = len(pictures), pictures.device
    other = pictures[torch.randperm(count, device=dev)]
    much = torch.rand(count, 1, 1, 1, device=dev) * 0.5
    much = much * (torch.rand(count, 1, 1, 1, device=dev) < share).float()
    return torch.lerp(pictures, other, much)


def learn_vectors(
    run: Run, teacher: Teacher, stored: Tensor, views: Views, *, batch: int, mix: float
) -> None:
    """Train until the run is over.

    Args:
        run: with the student.
        teacher: (n, 3, h, w) BGR 0 to 255 to vectors of any length.
        stored: (n, 3, h, w) uint8, all pictures, on the device.
        views: how they are shown.
        batch: pictures a step.
        mix: share of mixed pictures.
    """
    dev = stored.device
    student: nn.Module = run.network
    while not run.done:
        rows = torch.randint(len(stored), (batch,), device=dev)
        shown = moved(stored[rows].float(), views)
        shown = disturbed(mixed(shown, mix))
        with torch.no_grad(), torch.autocast(dev.type, torch.bfloat16):
            wanted = functional.normalize(teacher(shown).float())
        seen = functional.interpolate(shown, size=list(views.student), mode="area") if (
            views.student[0] * 2 <= views.teacher[0]
        ) else functional.interpolate(
            shown, size=list(views.student), mode="bilinear", antialias=True, align_corners=False
        )  # fmt: skip
        with torch.autocast(dev.type, torch.bfloat16):
            made = student(seen.contiguous(memory_format=torch.channels_last))
        made = functional.normalize(made.float())
        away = (1 - (made * wanted).sum(1)).mean()
        among = ((made @ made.T - wanted @ wanted.T) ** 2).mean()
        run.learn(away + 5 * among, {"cosine": 1 - away.detach(), "among": among.detach()})
