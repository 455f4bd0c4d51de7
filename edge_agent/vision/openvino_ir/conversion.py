"""From .xml and .bin to ONNX."""

from collections.abc import Callable, Iterable, Mapping

from edge_agent.domain.errors import Unusable
from edge_agent.vision.openvino_ir.constants import read_constant
from edge_agent.vision.openvino_ir.document import Layer, Source, read_layers
from edge_agent.vision.openvino_ir.graph import Constant, Graph, Value
from edge_agent.vision.openvino_ir.operators import OPERATORS

VERSION = 2
"""Raised whenever the same sources give another network; what was converted before is redone."""

Told = Callable[[int, int], None]
"""Called with the layers that are done and the layers there are."""

_BOUNDS = {"Const", "Parameter", "Result"}


def convert(name: str, document: bytes, weights: bytes, told: Told | None = None) -> bytes:
    """Convert a network from OpenVINO's intermediate representation to ONNX.

    Inputs and outputs keep their order and shape; all are float32. The same sources give the same
    bytes.

    Args:
        name: of the network.
        document: content of the .xml.
        weights: content of the .bin.
        told: hears how far it is.

    Returns:
        Content of an ONNX file, operator set 13, checked: valid, and every tensor of the shape
        that its layer declares.

    Raises:
        Unusable: the sources are damaged or need an operator that is not known, which is named.
    """
    layers = read_layers(document)
    _check_known(layers)
    graph = Graph(name)
    values: dict[Source, Value] = {}
    for done, layer in enumerate(layers, 1):
        inputs = [_fed(layer, source, values) for source in layer.inputs]
        if layer.kind != "Result":
            values[layer.number, layer.port] = _added(layer, inputs, weights, graph)
        if told is not None:
            told(done, len(layers))
    _declare_outputs(layers, values, graph)
    return graph.finished()


def _check_known(layers: Iterable[Layer]) -> None:
    unknown = {
        f"{layer.kind} ({layer.opset})"
        for layer in layers
        if layer.kind not in _BOUNDS and (layer.kind, layer.opset) not in OPERATORS
    }
    if unknown:
        raise Unusable(f"operators that are not known: {', '.join(sorted(unknown))}")


def _fed(layer: Layer, source: Source, values: Mapping[Source, Value]) -> Value:
    if source not in values:
        raise Unusable(f"{layer} uses output {source[1]} of layer {source[0]}, which is not made")
    return values[source]


def _added(layer: Layer, inputs: list[Value], weights: bytes, graph: Graph) -> Value:
    if layer.kind == "Const":
        return Constant(f"{layer.number} {layer.name}", read_constant(layer, weights))
    if layer.kind == "Parameter":
        if layer.text("element_type") != "f32":
            raise Unusable(f"{layer}: inputs of {layer.text('element_type')} are not known")
        return graph.add_input(layer, layer.shape)
    try:
        return OPERATORS[layer.kind, layer.opset](layer, inputs, graph)
    except (IndexError, ValueError) as error:
        raise Unusable(f"{layer} does not fit its operator: {error}") from error


def _declare_outputs(layers: Iterable[Layer], values: Mapping[Source, Value], graph: Graph) -> None:
    """Outputs stand in the order of the document."""
    results = sorted(
        (layer for layer in layers if layer.kind == "Result"), key=lambda layer: layer.place
    )
    produced = {layer.number: layer for layer in layers}
    for at, layer in enumerate(results):
        (source,) = layer.inputs
        value = values[source]
        if not isinstance(value, str):
            raise Unusable(f"{layer}: its output is constant")
        graph.add_output(value, f"output{at}", produced[source[0]].shape)
    if not results:
        raise Unusable("it has no outputs")
