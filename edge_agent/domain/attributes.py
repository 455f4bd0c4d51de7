"""What people wear and carry, as a model sees it in one picture of each."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that can be said.

    Attributes:
        key: on the wire and in the database.
        en: in English, for people.
        zh: in Chinese, for people.
    """

    key: str
    en: str
    zh: str


TRAITS = (
    Word("bag", "bag", "手提包"),
    Word("backpack", "backpack", "双肩包"),
    Word("hat", "hat", "帽子"),
    Word("long_sleeves", "long sleeves", "长袖"),
    Word("long_trousers", "long trousers", "长裤"),
    Word("long_hair", "long hair", "长发"),
    Word("coat", "coat or jacket", "外套"),
)
"""What is there or not, in the order of `Attributes.traits`."""

COLOURS = (
    Word("black", "black", "黑色"),
    Word("grey", "grey", "灰色"),
    Word("white", "white", "白色"),
    Word("red", "red", "红色"),
    Word("orange", "orange", "橙色"),
    Word("brown", "brown", "棕色"),
    Word("yellow", "yellow", "黄色"),
    Word("green", "green", "绿色"),
    Word("blue", "blue", "蓝色"),
    Word("purple", "purple", "紫色"),
    Word("pink", "pink", "粉色"),
)
"""The eleven basic colour terms of Berlin and Kay, "Basic Color Terms", 1969."""


def _check(name: str, array: Floats, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """Attributes of people, one row each.

    Attributes:
        traits: (n, 7) float32 probability of each of `TRAITS`; from 0.5 on the model says yes.
        upper: (n, 11) float32 share of each of `COLOURS` in the clothes of the upper body; rows
            sum to 1.
        lower: (n, 11) the same of the lower body.
        male: (n,) float32 probability that somebody presents as a man; None where it is not asked
            for.
    """

    traits: Floats
    upper: Floats
    lower: Floats
    male: Floats | None = None

    def __post_init__(self) -> None:
        rows = len(self.traits)
        _check("traits", self.traits, (rows, len(TRAITS)))
        _check("upper", self.upper, (rows, len(COLOURS)))
        _check("lower", self.lower, (rows, len(COLOURS)))
        if self.male is not None:
            _check("male", self.male, (rows,))

    def __len__(self) -> int:
        return len(self.traits)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Self:
        """Take rows by a boolean mask or an index array."""
        male = None if self.male is None else self.male[rows]
        return type(self)(self.traits[rows], self.upper[rows], self.lower[rows], male)
