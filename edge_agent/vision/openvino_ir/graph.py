"""The ONNX network under construction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge_agent.domain.errors import Unusable
from edge_agent.vision.openvino_ir.constants import Array
from edge_agent.vision.openvino_ir.document import Layer

_OPSET, _FORMAT = 13, 8
"""ONNX operator set and file format: old enough for every onnxruntime of these years."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is known before the network runs; becomes a weight only where it is used."""

    name: str
    array: Array


Value = str | Constant
"""A tensor of the graph by its name, or a constant."""


class Graph:
    """Collects inputs, nodes, weights and outputs; knows the shape each tensor must have."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._nodes: list[onnx.NodeProto] = []
        self._weights: dict[str, onnx.TensorProto] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def add_input(self, layer: Layer, shape: Sequence[int]) -> str:
        """Declare an input of float32."""
        name = self._named(layer)
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def add_output(self, source: str, name: str, shape: Sequence[int]) -> None:
        """Declare a tensor an output, under a name of its own."""
        self._nodes.append(helper.make_node("Identity", [source], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def add_node(
        self, layer: Layer, operator: str, inputs: Sequence[str], **attributes: Any
    ) -> str:
        """Add the ONNX operator that does a layer's work; returns the name of its output."""
        name = self._named(layer)
        self._nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def tensor(self, value: Value, shape: Sequence[int] | None = None) -> str:
        """The tensor of a value; a constant becomes a weight, in another shape where one is given.

        Half-precision weights stay so in the file and are widened by a node, which onnxruntime
        works out once when it loads.
        """
        if isinstance(value, str):
            return value
        array = value.array if shape is None else value.array.reshape(shape)
        name = f"{value.name} {'x'.join(map(str, array.shape))}"
        if name in self._weights or f"{name} half" in self._weights:
            return name
        if array.dtype == np.float16:
            self._weights[f"{name} half"] = numpy_helper.from_array(array, f"{name} half")
            widen = helper.make_node("Cast", [f"{name} half"], [name], to=TensorProto.FLOAT)
            self._nodes.append(widen)
        else:
            self._weights[name] = numpy_helper.from_array(array, name)
        return name

    def finished(self) -> bytes:
        """Check the network as a whole and serialise it; the same network gives the same bytes.

        Raises:
            Unusable: it is no valid ONNX, or a tensor has not the shape its layer declares.
        """
        graph = helper.make_graph(
            self._nodes, self._name, self._inputs, self._outputs, list(self._weights.values())
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _FORMAT
        try:
            onnx.checker.check_model(model, full_check=True)
            inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise Unusable(f"the ONNX made of it is not valid: {error}") from error
        self._compare(inferred)
        return bytes(model.SerializeToString(deterministic=True))

    def _compare(self, model: onnx.ModelProto) -> None:
        inferred = {
            value.name: tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
            for value in (*model.graph.input, *model.graph.value_info, *model.graph.output)
        }
        for name, declared in self.shapes.items():
            if inferred.get(name) != declared:
                raise Unusable(f"{name} has the shape {inferred.get(name)}, declared {declared}")

    def _named(self, layer: Layer) -> str:
        name = f"{layer.number} {layer.name}"
        self.shapes[name] = layer.shape
        return name
