"""Teachers of vectors: networks of the pack `open`, run by torch on the device of the student."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional


class Interpreted(torch.nn.Module):
    """An ONNX network of few operators, run by torch, so that it may see every augmented picture.

    Raises:
        KeyError: an operator is not known.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        self._nodes = [
            (node.op_type, list(node.input), list(node.output), _attributes(node))
            for node in graph.node
        ]
        self._input, self._output = graph.input[0].name, graph.output[0].name
        self._constants: dict[str, Tensor] = {}
        for number, one in enumerate(graph.initializer):
            value = torch.from_numpy(np.array(numpy_helper.to_array(one)))
            value = value.float() if value.is_floating_point() else value
            self.register_buffer(f"constant_{number}", value)
            self._constants[one.name] = value

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Interpreted":  # noqa: FBT001, FBT002
        super()._apply(fn, recurse)
        names = list(self._constants)
        self._constants = dict(zip(names, self.buffers(), strict=True))
        return self

    def forward(self, picture: Tensor) -> Tensor:
        """The first output."""
        values: dict[str, Any] = {**self._constants, self._input: picture}
        for kind, inputs, outputs, given in self._nodes:
            made = _OPERATORS[kind]([values[name] for name in inputs if name], given)
            several = made if isinstance(made, tuple) else (made,)
            values.update(zip(outputs, several, strict=True))
        result: Tensor = values[self._output]
        return result.flatten(1)


def _attributes(node: Any) -> dict[str, Any]:
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def _convolve(values: list[Tensor], given: dict[str, Any]) -> Tensor:
    padded = _padded(values[0], given, 0.0)
    bias = values[2] if len(values) > 2 else None  # noqa: PLR2004
    return functional.conv2d(
        padded, values[1], bias, given.get("strides", 1), 0,
        given.get("dilations", 1), given.get("group", 1),
    )  # fmt: skip


def _padded(value: Tensor, given: dict[str, Any], fill: float) -> Tensor:
    pads = list(given.get("pads", (0, 0, 0, 0)))
    if given.get("auto_pad", b"NOTSET") in {b"SAME_UPPER", b"SAME_LOWER"}:
        pads = []
        for size, kernel, stride in zip(
            value.shape[2:], given["kernel_shape"], given.get("strides", (1, 1)), strict=True
        ):
            need = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads.append(need // 2 if given["auto_pad"] == b"SAME_UPPER" else need - need // 2)
            pads.append(need - pads[-1])
        pads = [pads[0], pads[2], pads[1], pads[3]]
    if not any(pads):
        return value
    return functional.pad(value, (pads[1], pads[3], pads[0], pads[2]), value=fill)


def _max_pool(values: list[Tensor], given: dict[str, Any]) -> Tensor:
    padded = _padded(values[0], given, float("-inf"))
    return functional.max_pool2d(
        padded, given["kernel_shape"], given.get("strides"), ceil_mode=bool(given.get("ceil_mode"))
    )


def _mean_pool(values: list[Tensor], given: dict[str, Any]) -> Tensor:
    return functional.avg_pool2d(
        values[0], given["kernel_shape"], given.get("strides", 1),
        ceil_mode=bool(given.get("ceil_mode")),
    )  # fmt: skip


def _split(values: list[Tensor], given: dict[str, Any]) -> tuple[Tensor, ...]:
    sizes = values[1].tolist() if len(values) > 1 else given.get("split")
    axis = given.get("axis", 0)
    parts: tuple[Tensor, ...] = torch.split(values[0], sizes or 1, axis)
    return parts


def _mean(values: list[Tensor], given: dict[str, Any]) -> Tensor:
    axes = values[1].tolist() if len(values) > 1 else given["axes"]
    # A network for one picture may name the axis of pictures; here there are several.
    return values[0].mean([axis for axis in axes if axis], keepdim=bool(given.get("keepdims", 1)))


def _reshape(values: list[Tensor], _given: dict[str, Any]) -> Tensor:
    shape = values[1].tolist()
    shape[0] = values[0].shape[0] if shape[0] in {0, 1} else shape[0]
    return values[0].reshape(shape)


def _gemm(values: list[Tensor], given: dict[str, Any]) -> Tensor:
    left = values[0].T if given.get("transA") else values[0]
    right = values[1].T if given.get("transB") else values[1]
    product = left @ right * given.get("alpha", 1.0)
    return product + values[2] * given.get("beta", 1.0) if len(values) > 2 else product  # noqa: PLR2004


_OPERATORS: dict[str, Callable[[list[Tensor], dict[str, Any]], Any]] = {
    "Add": lambda v, _: v[0] + v[1],
    "AveragePool": _mean_pool,
    "Cast": lambda v, _: v[0].float(),
    "Concat": lambda v, given: torch.cat(v, given["axis"]),
    "Conv": _convolve,
    "Div": lambda v, _: v[0] / v[1],
    "Gemm": _gemm,
    "Identity": lambda v, _: v[0],
    "MaxPool": _max_pool,
    "Mul": lambda v, _: v[0] * v[1],
    "Neg": lambda v, _: -v[0],
    "PRelu": lambda v, _: torch.where(v[0] >= 0, v[0], v[0] * v[1]),
    "ReduceMean": _mean,
    "Relu": lambda v, _: functional.relu(v[0]),
    "Reshape": _reshape,
    "Sigmoid": lambda v, _: torch.sigmoid(v[0]),
    "Split": _split,
    "Sqrt": lambda v, _: torch.sqrt(v[0]),
    "Sub": lambda v, _: v[0] - v[1],
    "Transpose": lambda v, given: v[0].permute(*given["perm"]),
}
