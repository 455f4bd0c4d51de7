"""What a picture is about: its main subject, the others, and which category that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge_agent.domain.image_item import Category, Region, Things

PERSON: Final = 0

CATEGORIES: Final[Mapping[int, Category]] = {
    24: Category.BAG,  # backpack
    26: Category.BAG,  # handbag
    28: Category.BAG,  # suitcase
    25: Category.ACCESSORIES,  # umbrella
    27: Category.ACCESSORIES,  # tie
    39: Category.BOTTLE,
    40: Category.BOTTLE,  # wine glass
    46: Category.SNACK,  # banana
    47: Category.SNACK,  # apple
    48: Category.SNACK,  # sandwich
    49: Category.SNACK,  # orange
    50: Category.SNACK,  # broccoli
    51: Category.SNACK,  # carrot
    52: Category.SNACK,  # hot dog
    53: Category.SNACK,  # pizza
    54: Category.SNACK,  # donut
    55: Category.SNACK,  # cake
    56: Category.FURNITURE,  # chair
    57: Category.FURNITURE,  # couch
    59: Category.FURNITURE,  # bed
    60: Category.FURNITURE,  # dining table
    77: Category.TOY,  # teddy bear
    33: Category.TOY,  # kite
    29: Category.TOY,  # frisbee
    62: Category.DIGITAL_DEVICE,  # tv
    63: Category.DIGITAL_DEVICE,  # laptop
    64: Category.DIGITAL_DEVICE,  # mouse
    65: Category.DIGITAL_DEVICE,  # remote
    66: Category.DIGITAL_DEVICE,  # keyboard
    67: Category.DIGITAL_DEVICE,  # cell phone
}
"""By the numbers of COCO's 80 classes; whatever is not here is `OTHER`."""

_LEAST_AREA: Final = 0.02
"""Share of the picture; what is smaller is not what it is about."""

_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Subjects:
    """What was found.

    Attributes:
        regions: the main subject first; empty where nothing stands out.
        category: of the main one.
    """

    regions: tuple[Region, ...]
    category: Category


def subjects_of(things: Things, width: int, height: int) -> Subjects:
    """Choose what a picture is about.

    The surest and largest thing near the middle; a person only where there is nothing else, since
    pictures of goods show people who wear or carry them.

    Args:
        things: found in the picture.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """
    sizes = things.xyxy[:, 2:] - things.xyxy[:, :2]
    area = sizes.prod(axis=1) / (width * height)
    middle = (things.xyxy[:, :2] + things.xyxy[:, 2:]) / 2 / np.array([width, height]) - 0.5
    away = np.hypot(*middle.T)
    weight = things.score * np.sqrt(area) * (1 - away)
    weight -= things.kind == PERSON  # behind everything else
    order = [int(at) for at in np.argsort(-weight) if area[at] >= _LEAST_AREA][:_MOST]
    if not order:
        return Subjects((), Category.OTHER)
    regions = tuple(_region(things, at) for at in order)
    return Subjects(regions, CATEGORIES.get(int(things.kind[order[0]]), Category.OTHER))


def _region(things: Things, at: int) -> Region:
    x1, y1, x2, y2 = (round(float(edge)) for edge in things.xyxy[at])
    return Region(x1, max(x2, x1 + 1), y1, max(y2, y1 + 1))
