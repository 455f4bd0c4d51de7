"""The .xml of the intermediate representation, read into layers."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from typing_extensions import override

from edge_agent.domain.errors import Unusable

_MOST_BYTES = 32 << 20
_MOST_LAYERS = 20_000
_MOST_AXES = 8
_FORMATS = ("10", "11")

Source = tuple[int, int]
"""Number of a layer and of one of its output ports."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One operation.

    Attributes:
        place: where it stands in the document.
        number: its id, unique in the document.
        name: for messages.
        kind: the operator, as in `Convolution`.
        opset: the operator set that defines it, as in `opset1`.
        data: the operator's attributes, as written.
        inputs: where its inputs come from, in the order of its input ports.
        outputs: the shapes of its output ports by number.
    """

    place: int
    number: int
    name: str
    kind: str
    opset: str
    data: Mapping[str, str]
    inputs: tuple[Source, ...]
    outputs: Mapping[int, tuple[int, ...]]

    @property
    def port(self) -> int:
        """The first output port.

        Raises:
            Unusable: it has none.
        """
        if not self.outputs:
            raise Unusable(f"{self} has no output")
        return min(self.outputs)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the first output."""
        return self.outputs[self.port]

    def text(self, key: str) -> str:
        """An attribute.

        Raises:
            Unusable: it is not given.
        """
        if key not in self.data:
            raise Unusable(f"{self} has no attribute {key}")
        return self.data[key]

    def integers(self, key: str) -> list[int]:
        """An attribute made of whole numbers, as in `1, 1`.

        Raises:
            Unusable: it is not given or is something else.
        """
        try:
            return [int(part) for part in self.text(key).split(",")]
        except ValueError as error:
            raise Unusable(f"{self}: {key} is {self.data[key]!r}, not whole numbers") from error

    @override
    def __str__(self) -> str:
        return f"layer {self.number} ({self.kind} {self.name})"


def read_layers(document: bytes) -> list[Layer]:
    """Read the layers of a network, each after those it takes its inputs from.

    Args:
        document: the .xml, UTF-8, without a document type.

    Raises:
        Unusable: it is not such a document, is too large, or its edges lead nowhere or in circles.
    """
    root = _parsed(document)
    if root.tag != "net" or root.get("version") not in _FORMATS:
        raise Unusable(f"it is no network of version {' or '.join(_FORMATS)}")
    elements = root.findall("./layers/layer")
    if not 0 < len(elements) <= _MOST_LAYERS:
        raise Unusable(f"it has {len(elements)} layers; 1 to {_MOST_LAYERS} are taken")
    sources = _sources(root)
    read = [_layer(place, one, sources) for place, one in enumerate(elements)]
    layers = {layer.number: layer for layer in read}
    if len(layers) != len(elements):
        raise Unusable("two layers have the same id")
    return list(_in_order(layers))


def _parsed(document: bytes) -> ET.Element:
    if len(document) > _MOST_BYTES:
        raise Unusable(f"the document has {len(document)} bytes; {_MOST_BYTES} are taken")
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable("the document is not UTF-8") from error
    # Entities, which can blow up a parser or read files, need a document type; networks have none.
    if "<!DOCTYPE" in text:
        raise Unusable("the document has a document type, which networks do not have")
    try:
        return ET.fromstring(text)  # noqa: S314 - no document type, bounded, sha256 known
    except ET.ParseError as error:
        raise Unusable(f"the document is not well-formed: {error}") from error


def _number(element: ET.Element, key: str) -> int:
    value = element.get(key, "")
    if not (value.isascii() and value.isdigit()):
        raise Unusable(f"<{element.tag}> has {key}={value!r}, not a number")
    return int(value)


def _sources(root: ET.Element) -> dict[tuple[int, int], Source]:
    """Where each input port (layer, port) is fed from."""
    sources: dict[tuple[int, int], Source] = {}
    for edge in root.iterfind("./edges/edge"):
        into = _number(edge, "to-layer"), _number(edge, "to-port")
        if into in sources:
            raise Unusable(f"two edges lead into port {into[1]} of layer {into[0]}")
        sources[into] = _number(edge, "from-layer"), _number(edge, "from-port")
    return sources


def _layer(place: int, element: ET.Element, sources: Mapping[tuple[int, int], Source]) -> Layer:
    number = _number(element, "id")
    data = element.find("data")
    wanted = [(number, _number(port, "id")) for port in element.iterfind("./input/port")]
    if unfed := [port for port in wanted if port not in sources]:
        raise Unusable(f"no edge leads into port {unfed[0][1]} of layer {number}")
    return Layer(
        place=place,
        number=number,
        name=element.get("name", ""),
        kind=element.get("type", ""),
        opset=element.get("version", ""),
        data={} if data is None else dict(data.attrib),
        inputs=tuple(sources[port] for port in wanted),
        outputs={_number(port, "id"): _shape(port) for port in element.iterfind("./output/port")},
    )


def _shape(port: ET.Element) -> tuple[int, ...]:
    written = [(dim.text or "").strip() for dim in port.iterfind("dim")]
    if len(written) > _MOST_AXES or not all(one.isascii() and one.isdigit() for one in written):
        raise Unusable(f"a port has the shape {written}; fixed sizes are taken")
    return tuple(int(one) for one in written)


def _in_order(layers: Mapping[int, Layer]) -> Iterator[Layer]:
    for layer in layers.values():
        for number, port in layer.inputs:
            if number not in layers or port not in layers[number].outputs:
                raise Unusable(f"{layer} is fed from port {port} of layer {number}: there is none")
    order = TopologicalSorter(
        {layer.number: [number for number, _ in layer.inputs] for layer in layers.values()}
    )
    try:
        yield from (layers[number] for number in order.static_order())
    except CycleError as error:
        raise Unusable(f"its layers feed each other in a circle: {error.args[1]}") from error
