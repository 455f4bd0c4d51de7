"""Teachers: networks of the pack `open`, asked about many pictures at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

from scripts.train.pack import Floats, Image

_STRIDES = (8, 16, 32)
_YOLOX_SIDE, _YUNET_SIDE = 416, 640


class Boxes:
    """Finds bodies (YOLOX-nano) and faces (YuNet) in one picture, with its mirror image."""

    def __init__(self, models: Path, least_body: float = 0.15, least_face: float = 0.35) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        bodies, faces = models / "person_yolox_nano_416.onnx", models / "face_yunet_n_dynamic.onnx"
        self._bodies = ort.InferenceSession(str(bodies), options, providers=providers)
        self._faces = ort.InferenceSession(str(faces), options, providers=providers)
        self._least_body, self._least_face = least_body, least_face

    def bodies(self, image: Image) -> Floats:
        """(n, 5) boxes and scores."""
        straight, mirrored = self._look(image), self._look(np.ascontiguousarray(image[:, ::-1]))
        mirrored[:, [0, 2]] = image.shape[1] - mirrored[:, [2, 0]]
        return _apart(np.concatenate([straight, mirrored]), 0.55)

    def _look(self, image: Image) -> Floats:
        values, scale = _input(image, _YOLOX_SIDE, 114)
        rows = self._bodies.run(None, {self._bodies.get_inputs()[0].name: values})[0][0]
        grid, step = _cells(_YOLOX_SIDE)
        score = rows[:, 4] * rows[:, 5]
        kept = (score >= self._least_body) & (rows[:, 5] >= rows[:, 5:].max(axis=1))
        centre = (grid[kept] + rows[kept, :2]) * step[kept]
        half = np.exp(rows[kept, 2:4]) * step[kept] / 2
        boxes = np.concatenate([centre - half, centre + half], axis=1) / scale
        return _apart(np.concatenate([boxes, score[kept, None]], axis=1), 0.55)

    def faces(self, image: Image) -> Floats:
        """(n, 15) boxes, scores and five points."""
        values, scale = _input(image, _YUNET_SIDE, 0)
        outputs = self._faces.run(None, {self._faces.get_inputs()[0].name: values})
        one, seen, box, points = (
            np.concatenate([level.reshape(-1, level.shape[-1]) for level in outputs[at : at + 3]])
            for at in (0, 3, 6, 9)
        )
        grid, step = _cells(_YUNET_SIDE)
        score = np.sqrt(np.clip(one[:, 0], 0, 1) * np.clip(seen[:, 0], 0, 1))
        kept = score >= self._least_face
        centre = (grid[kept] + box[kept, :2]) * step[kept]
        half = np.exp(box[kept, 2:]) * step[kept] / 2
        marks = (points[kept].reshape(-1, 5, 2) + grid[kept, None]) * step[kept, None]
        rows = [(centre - half) / scale, (centre + half) / scale, score[kept, None]]
        return _apart(np.concatenate([*rows, marks.reshape(-1, 10) / scale], axis=1), 0.4)


def _input(image: Image, side: int, pad: int) -> tuple[Floats, float]:
    scale = side / max(image.shape[:2])
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    canvas = np.full((side, side, 3), pad, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size)
    return canvas.transpose(2, 0, 1)[None].astype(np.float32), scale


def _cells(side: int) -> tuple[Floats, Floats]:
    cells, steps = [], []
    for stride in _STRIDES:
        rows, columns = np.mgrid[: side // stride, : side // stride]
        cells.append(np.stack([columns, rows], axis=-1).reshape(-1, 2))
        steps.append(np.full((len(cells[-1]), 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)


def _apart(rows: Floats, iou: float) -> Floats:
    if not len(rows):
        return rows.astype(np.float32)
    sides = rows[:, 2:4] - rows[:, :2]
    xywh = np.concatenate([rows[:, :2], sides], axis=1)
    kept = cv2.dnn.NMSBoxes(xywh.tolist(), rows[:, 4].tolist(), 0.0, iou)
    return rows[np.asarray(kept, np.intp).reshape(-1)].astype(np.float32)


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
