"""A detector's graph with two more outputs: what its backbone has computed anyway.

At strides 16 and 32 the widest tensor (the last of equals) that is computed before the graph first
scales one up, which is where a feature pyramid's neck begins. Nothing depends on names, so any
detector of that build will do.
"""

from collections.abc import Iterable

import onnx
from onnx import TensorProto, helper, shape_inference

from edge_agent.domain.errors import Unusable

STRIDES = (16, 32)
"""Of the tensors that are taken. Coarser than 8, where what is left is texture."""

_UPWARD = frozenset({"Resize", "Upsample", "ConvTranspose"})
_GATHERING = frozenset({"Concat", "Split", "Slice", "MaxPool"})
"""Nodes that compute nothing of their own."""

_MAP_RANK = 4


def with_backbone(name: str, weights: bytes, size: tuple[int, int]) -> bytes:
    """Add the backbone's tensors to the outputs of a detector.

    Args:
        name: for messages.
        weights: content of the ONNX file.
        size: (height, width) of its input, pixels.

    Returns:
        Content of an ONNX file whose last two outputs are (1, channels, rows, columns) at strides
        16 and 32.

    Raises:
        Unusable: the graph has no such tensors.
    """
    model = shape_inference.infer_shapes(onnx.load_model_from_string(weights))
    shapes = {value.name: _shape(value) for value in model.graph.value_info}
    before_neck = _before_neck(model.graph.node)
    for stride in STRIDES:
        wanted = (size[0] // stride, size[1] // stride)
        at_stride = [one for one in before_neck if shapes.get(one, ())[2:] == wanted]
        if not at_stride:
            raise Unusable(
                f"model {name}: its graph has no tensor at stride {stride} before a neck"
            )
        widest = max(reversed(at_stride), key=lambda one: shapes[one][1])
        model.graph.output.append(
            helper.make_tensor_value_info(widest, TensorProto.FLOAT, shapes[widest])
        )
    return bytes(model.SerializeToString())


def _before_neck(nodes: Iterable[onnx.NodeProto]) -> list[str]:
    computed: list[str] = []
    for node in nodes:
        if node.op_type in _UPWARD:
            return computed
        if node.op_type not in _GATHERING:
            computed += node.output
    return []


def _shape(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    sizes = tuple(size.dim_value for size in value.type.tensor_type.shape.dim)
    return sizes if len(sizes) == _MAP_RANK else ()
