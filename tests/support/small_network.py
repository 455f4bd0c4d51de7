"""Small networks in OpenVINO's intermediate representation, written by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_TYPES = {"float16": ("f16", "FP16"), "float32": ("f32", "FP32"), "int64": ("i64", "I64")}


@dataclass(slots=True)
class SmallNetwork:
    """Collects layers; each is known by its number, and its output is port 9."""

    layers: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    weights: bytes = b""

    def parameter(self, shape: Sequence[int], element_type: str = "f32") -> int:
        data = f'element_type="{element_type}" shape="{_listed(shape)}"'
        return self.layer("Parameter", [], shape, data)

    def constant(self, values: npt.NDArray[np.generic]) -> int:
        kind, _ = _TYPES[values.dtype.name]
        data = (
            f'element_type="{kind}" shape="{_listed(values.shape)}" '
            f'offset="{len(self.weights)}" size="{values.nbytes}"'
        )
        self.weights += values.tobytes()
        return self.layer("Const", [], values.shape, data)

    def layer(
        self,
        kind: str,
        inputs: Sequence[int],
        shape: Sequence[int],
        data: str = "",
        opset: str = "opset1",
    ) -> int:
        number = len(self.layers)
        ports = "".join(f'<port id="{at}"/>' for at in range(len(inputs)))
        dims = "".join(f"<dim>{size}</dim>" for size in shape)
        self.layers.append(
            f'<layer id="{number}" name="n{number}" type="{kind}" version="{opset}">'
            f"<data {data}/><input>{ports}</input>"
            f'<output><port id="9">{dims}</port></output></layer>'
        )
        for at, source in enumerate(inputs):
            self.edge(source, number, at)
        return number

    def edge(self, source: int, into: int, port: int) -> None:
        self.edges.append(
            f'<edge from-layer="{source}" from-port="9" to-layer="{into}" to-port="{port}"/>'
        )

    def result(self, source: int) -> None:
        number = len(self.layers)
        self.layers.append(
            f'<layer id="{number}" name="out" type="Result" version="opset1">'
            '<input><port id="0"/></input></layer>'
        )
        self.edge(source, number, 0)

    @property
    def document(self) -> bytes:
        layers, edges = "".join(self.layers), "".join(self.edges)
        return (
            f'<?xml version="1.0"?><net name="small" version="11"><layers>{layers}</layers>'
            f"<edges>{edges}</edges></net>"
        ).encode()


def _listed(shape: Sequence[int]) -> str:
    return ", ".join(str(size) for size in shape)
