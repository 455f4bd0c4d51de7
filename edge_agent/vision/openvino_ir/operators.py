"""One function per operator of OpenVINO: what does its work in ONNX."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from edge_agent.domain.errors import Unusable
from edge_agent.vision.openvino_ir.document import Layer
from edge_agent.vision.openvino_ir.graph import Constant, Graph, Value

Operator = Callable[[Layer, Sequence[Value], Graph], Value]
"""Adds a layer to the graph and returns the value of its first output."""

_PADDING = {"same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


def _constant(layer: Layer, value: Value) -> Constant:
    if isinstance(value, str):
        raise Unusable(f"{layer}: an input that must be constant is computed")
    return value


def _window(layer: Layer, *, dilated: bool) -> dict[str, object]:
    """Strides and padding of a convolution or a pooling."""
    padding = layer.data.get("auto_pad", "explicit")
    window: dict[str, object] = {"strides": layer.integers("strides")}
    if dilated:
        window["dilations"] = layer.integers("dilations")
    if padding == "explicit":
        window["pads"] = layer.integers("pads_begin") + layer.integers("pads_end")
    elif padding in _PADDING:
        window["auto_pad"] = _PADDING[padding]
    else:
        raise Unusable(f"{layer}: padding {padding!r} is not known")
    return window


def _convolution(layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    kernel = _constant(layer, inputs[1])
    window = _window(layer, dilated=True)
    return graph.add_node(layer, "Conv", [graph.tensor(inputs[0]), graph.tensor(kernel)], **window)


def _group_convolution(layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    # The kernel is (groups, out per group, in per group, …); ONNX wants the first two as one.
    kernel = _constant(layer, inputs[1])
    groups, out, *rest = kernel.array.shape
    weights = graph.tensor(kernel, (groups * out, *rest))
    window = _window(layer, dilated=True)
    return graph.add_node(layer, "Conv", [graph.tensor(inputs[0]), weights], group=groups, **window)


def _prelu(layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    slope = _constant(layer, inputs[1])
    source = graph.tensor(inputs[0])
    if slope.array.size == 1:
        # The same function; but onnxruntime works LeakyRelu into the convolution before it, and
        # need not bring the picture into another order for it: 7 ms instead of 16 for a face.
        return graph.add_node(layer, "LeakyRelu", [source], alpha=float(slope.array.item()))
    if slope.array.ndim != 1:
        raise Unusable(f"{layer}: slopes of shape {slope.array.shape} are not known")
    # A slope per channel lies along the second axis; ONNX lines shapes up from the last.
    shape = (slope.array.size, *[1] * (len(layer.shape) - 2))
    return graph.add_node(layer, "PRelu", [source, graph.tensor(slope, shape)])


def _elementwise(operator: str, layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    if layer.data.get("auto_broadcast", "numpy") != "numpy":
        raise Unusable(f"{layer}: broadcast {layer.data['auto_broadcast']!r} is not known")
    return graph.add_node(layer, operator, [graph.tensor(one) for one in inputs])


def _one_to_one(operator: str, layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    return graph.add_node(layer, operator, [graph.tensor(one) for one in inputs])


def _concat(layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    (axis,) = layer.integers("axis")
    return graph.add_node(layer, "Concat", [graph.tensor(one) for one in inputs], axis=axis)


def _pooling(operator: str, layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    if layer.data.get("rounding_type", "floor") != "floor":
        raise Unusable(f"{layer}: rounding {layer.data['rounding_type']!r} is not known")
    window = _window(layer, dilated="dilations" in layer.data)
    if operator == "AveragePool":
        window["count_include_pad"] = int(not _flag(layer, "exclude-pad"))
    kernel = layer.integers("kernel")
    return graph.add_node(layer, operator, [graph.tensor(inputs[0])], kernel_shape=kernel, **window)


def _reduce(operator: str, layer: Layer, inputs: Sequence[Value], graph: Graph) -> Value:
    axes = _constant(layer, inputs[1]).array
    if axes.dtype != np.int64:
        raise Unusable(f"{layer}: its axes are {axes.dtype}, not whole numbers")
    return graph.add_node(
        layer,
        operator,
        [graph.tensor(inputs[0])],
        axes=axes.reshape(-1).tolist(),
        keepdims=int(_flag(layer, "keep_dims")),
    )


def _widen(layer: Layer, inputs: Sequence[Value], _graph: Graph) -> Value:
    """Half-precision weights read as float32; `Graph.tensor` widens them."""
    constant = _constant(layer, inputs[0])
    if layer.text("destination_type") != "f32" or constant.array.dtype.kind != "f":
        raise Unusable(f"{layer}: only floats are turned into f32")
    return constant


def _flag(layer: Layer, key: str) -> bool:
    written = layer.text(key)
    if written not in ("true", "false"):
        raise Unusable(f"{layer}: {key} is {written!r}, neither true nor false")
    return written == "true"


OPERATORS: Mapping[tuple[str, str], Operator] = {
    ("Add", "opset1"): partial(_elementwise, "Add"),
    ("AvgPool", "opset1"): partial(_pooling, "AveragePool"),
    ("Concat", "opset1"): _concat,
    ("Convert", "opset1"): _widen,
    ("Convolution", "opset1"): _convolution,
    ("GroupConvolution", "opset1"): _group_convolution,
    ("MaxPool", "opset1"): partial(_pooling, "MaxPool"),
    ("MaxPool", "opset8"): partial(_pooling, "MaxPool"),
    ("Multiply", "opset1"): partial(_elementwise, "Mul"),
    ("PReLU", "opset1"): _prelu,
    ("ReLU", "opset1"): partial(_one_to_one, "Relu"),
    ("ReduceMax", "opset1"): partial(_reduce, "ReduceMax"),
    ("Sigmoid", "opset1"): partial(_one_to_one, "Sigmoid"),
    ("Subtract", "opset1"): partial(_elementwise, "Sub"),
}
"""What is known, by operator and the operator set that defines it."""
