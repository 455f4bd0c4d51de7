"""The networks of the pack `core`: built of what int8 on a processor does fast, dense 3 x 3."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
FACE_VALUES = 15
BODY_VALUES = 5
DETECTOR_SIDE = 416
FACE_SIDE = 96
BODY_SIZE = (128, 64)
REFINER_SIDE = 48
REFINER_REACH = 1.25
"""Side of the refiner's crop, in longer sides of the face's box."""


def conv(
    channels: int, into: int, kernel: int = 3, stride: int = 1, *, act: bool = True
) -> nn.Sequential:
    """Convolution, normalisation and, if wanted, ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(channels, into, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(into),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if act else nn.Sequential(*layers)


class Residual(nn.Module):
    """Two convolutions around a shortcut; the middle may be narrower."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.first = conv(channels, middle)
        self.second = conv(middle, channels, act=False)

    def forward(self, values: Tensor) -> Tensor:
        """Of the shape that went in."""
        return functional.relu(values + self.second(self.first(values)))


class Embedder(nn.Module):
    """A vector for an aligned face or a body: plain residual net, learnt pooling, one layer."""

    def __init__(
        self, widths: Sequence[int], depths: Sequence[int], dimension: int, pool: tuple[int, int]
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [conv(3, widths[0], 3, 2)]
        before = widths[0]
        for number, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            if number:
                layers.append(conv(before, width, 3, 2))
            layers += [Residual(width, width) for _ in range(depth)]
            before = width
        self.body = nn.Sequential(*layers)
        self.pool = nn.Conv2d(before, before, pool, groups=before, bias=False)
        self.norm = nn.BatchNorm2d(before)
        self.last = nn.Linear(before, dimension)

    def forward(self, picture: Tensor) -> Tensor:
        """(n, 3, h, w) BGR 0 to 255 to (n, dimension), not yet of length 1."""
        values = self.body((picture - 127.5) * (1 / 128))
        return self.last(self.norm(self.pool(values)).flatten(1))


def face_embedder() -> Embedder:
    """For aligned faces of 96 x 96."""
    return Embedder((24, 48, 96, 160), (1, 2, 2, 2), 256, (6, 6))


def body_embedder() -> Embedder:
    """For bodies of 128 x 64."""
    return Embedder((32, 48, 96, 160), (1, 2, 2, 2), 256, (8, 4))


class Refiner(nn.Module):
    """Five points of a face in a square crop around its box."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 16, 3, 2), conv(16, 32, 3, 2), Residual(32, 32), conv(32, 64, 3, 2),
            Residual(64, 64), conv(64, 96, 3, 2), Residual(96, 64),
        )  # fmt: skip
        self.last = nn.Linear(96 * 9, 10)

    def forward(self, picture: Tensor) -> Tensor:
        """(n, 3, 48, 48) BGR 0 to 255 to (n, 10): x and y of each point, -1 to 1."""
        return self.last(self.body((picture - 127.5) * (1 / 128)).flatten(1))


class Detector(nn.Module):
    """Faces and bodies in one pass: three levels, and of each a head for either."""

    def __init__(
        self,
        widths: Sequence[int] = (12, 24, 48, 96, 160),
        depths: Sequence[int] = (0, 1, 2, 3),
        neck: int = 48,
    ) -> None:
        super().__init__()
        stem, *rest = widths
        self.stem = conv(3, stem, 3, 2)
        stages, before = [], stem
        for width, depth in zip(rest, depths, strict=True):
            blocks = [Residual(width, width // 2) for _ in range(depth)]
            stages.append(nn.Sequential(conv(before, width, 3, 2), *blocks))
            before = width
        self.stages = nn.ModuleList(stages)
        self.lateral = nn.ModuleList([conv(width, neck, 1) for width in rest[1:]])
        self.smooth = nn.ModuleList([conv(neck, neck) for _ in STRIDES])
        self.down = nn.ModuleList([conv(neck, neck, 3, 2) for _ in STRIDES[1:]])
        self.body_head = nn.ModuleList([_head(neck, BODY_VALUES) for _ in STRIDES])
        self.face_head = nn.ModuleList([_head(neck, FACE_VALUES) for _ in STRIDES])

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) BGR 0 to 255 to bodies (n, cells, 5) and faces (n, cells, 15).

        Of each cell, in strides: score (before the sigmoid), shift of the centre from the cell's
        middle, logarithm of the size, and of faces the shift of the five points.
        """
        values = self.stages[0](self.stem((picture - 114) * (1 / 64)))
        levels = []
        for stage, lateral in zip(self.stages[1:], self.lateral, strict=True):
            values = stage(values)
            levels.append(lateral(values))
        for finer in (1, 0):
            above = functional.interpolate(levels[finer + 1], scale_factor=2.0, mode="nearest")
            levels[finer] = levels[finer] + above
        levels = [smooth(level) for smooth, level in zip(self.smooth, levels, strict=True)]
        for coarser in (1, 2):
            levels[coarser] = levels[coarser] + self.down[coarser - 1](levels[coarser - 1])
        bodies = [
            head(level).flatten(2) for head, level in zip(self.body_head, levels, strict=True)
        ]
        faces = [head(level).flatten(2) for head, level in zip(self.face_head, levels, strict=True)]
        return torch.cat(bodies, 2).transpose(1, 2), torch.cat(faces, 2).transpose(1, 2)


def _head(neck: int, values: int) -> nn.Sequential:
    last = nn.Conv2d(neck, values, 1)
    nn.init.normal_(last.weight, std=0.01)
    nn.init.zeros_(last.bias)
    with torch.no_grad():
        last.bias[0] = -4.6
        last.bias[3:5] = 1.2
    return nn.Sequential(conv(neck, neck), last)
