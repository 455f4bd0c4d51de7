"""The .bin of the intermediate representation: where its constants lie."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from edge_agent.domain.errors import Unusable
from edge_agent.vision.openvino_ir.document import Layer

Array = npt.NDArray[np.generic]

_TYPES: dict[str, np.dtype[Any]] = {
    "f16": np.dtype("<f2"),
    "f32": np.dtype("<f4"),
    "i64": np.dtype("<i8"),
}


def read_constant(layer: Layer, weights: bytes) -> Array:
    """The values of a `Const` layer, as they lie in the .bin.

    Args:
        layer: the layer.
        weights: content of the .bin.

    Returns:
        Array of float16, float32 or int64 in the layer's shape; a view of `weights`.

    Raises:
        Unusable: another type, a place outside of `weights`, a size that is not the shape's, or
            a value that is no number.
    """
    written = layer.text("element_type")
    if written not in _TYPES:
        raise Unusable(f"{layer}: constants of type {written} are not known")
    dtype = _TYPES[written]
    shape = layer.integers("shape") if layer.text("shape").strip() else []
    (offset,), (size,) = layer.integers("offset"), layer.integers("size")
    if min([offset, size, *shape]) < 0 or offset + size > len(weights):
        raise Unusable(f"{layer} lies outside of the {len(weights)} bytes of weights")
    if size != math.prod(shape) * dtype.itemsize or tuple(shape) != layer.shape:
        raise Unusable(f"{layer} has {size} bytes, which are not its shape {layer.shape}")
    values: Array = np.frombuffer(weights, dtype, math.prod(shape), offset).reshape(shape)
    if not np.isfinite(values).all():
        raise Unusable(f"{layer} holds values that are no numbers")
    return values
