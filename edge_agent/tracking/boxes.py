"""Arithmetic on boxes: xyxy in pixels of the full frame."""

import numpy as np

from edge_agent.domain.detection import Floats


def areas(xyxy: Floats) -> Floats:
    """(n,) float32 pixels; a box that is turned inside out has none."""
    sides = np.maximum(xyxy[..., 2:] - xyxy[..., :2], 0.0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)


def overlaps(one: Floats, other: Floats) -> Floats:
    """Pixels that each box of `one` shares with each box of `other`.

    Args:
        one: (n, 4), or (n, m, 4) with a row of its own for each of `other`.
        other: (m, 4), or (n, m, 4).

    Returns:
        (n, m) float32.
    """
    first = one[:, None] if one.ndim == other.ndim == 2 else one  # noqa: PLR2004 - rows of boxes
    low = np.maximum(first[..., :2], other[..., :2])
    high = np.minimum(first[..., 2:], other[..., 2:])
    sides = np.maximum(high - low, 0.0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)


def grown_iou(one: Floats, other: Floats, by: Floats) -> Floats:
    """Intersection over union after growing both boxes of each pair alike.

    Args:
        one: (n, 4).
        other: (m, 4).
        by: (n, 2) pixels; what each row of `one`, and whatever it is compared with, grows.

    Returns:
        (n, m) float32, 0 to 1; 0 for boxes without area.
    """
    margin = np.concatenate([-by, by], axis=1)
    first = np.broadcast_to((one + margin)[:, None], (len(one), len(other), 4))
    second = other[None] + margin[:, None]
    shared = overlaps(first, second)
    union = areas(first) + areas(second) - shared
    share = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return np.asarray(share, np.float32)
