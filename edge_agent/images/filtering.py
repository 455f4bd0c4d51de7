"""Filters as masks over columns: one comparison of arrays per condition, no item by itself."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from edge_agent.domain.item_filter import AllOf, Condition, Filter
from edge_agent.images.columns import UNSET, Columns

Mask = npt.NDArray[np.bool_]

_COMPARED: Final[Mapping[str, Callable[..., Mask]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}


def admitted(wanted: Filter, columns: Columns) -> Mask:
    """Which rows a filter admits.

    Returns:
        (rows,) bool.
    """
    if isinstance(wanted, Condition):
        return _text(wanted, columns) if wanted.text else _integer(wanted, columns)
    masks = [admitted(part, columns) for part in wanted.parts]
    joined = np.logical_and if isinstance(wanted, AllOf) else np.logical_or
    for mask in masks[1:]:
        joined(masks[0], mask, out=masks[0])
    return masks[0]


def _integer(wanted: Condition, columns: Columns) -> Mask:
    values, there = columns.integers(wanted.attribute)
    if wanted.operator in _COMPARED:
        return np.asarray(_COMPARED[wanted.operator](values, wanted.values[0]) & there)
    listed = np.isin(values, np.array(wanted.values, np.int64))
    return np.asarray((listed if wanted.operator == "in" else ~listed) & there)


def _text(wanted: Condition, columns: Columns) -> Mask:
    codes = columns.texts(wanted.attribute)
    own = [columns.code(str(value)) for value in wanted.values]
    if wanted.operator in _COMPARED:
        return np.asarray(_COMPARED[wanted.operator](codes, own[0]) & (codes != UNSET))
    listed = np.isin(codes, np.array(own, np.int32))
    return np.asarray((listed if wanted.operator == "in" else ~listed) & (codes != UNSET))
