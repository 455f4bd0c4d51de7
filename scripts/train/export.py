"""The trained networks as ONNX: fixed shapes, int8 where it costs nothing that matters.

    python -m scripts.train export WORK INTO [--float NAME]

Reads `WORK/{detector,refiner,faces,bodies}.pt` and, to see what values occur, some of
`WORK/scenes/*.npz` and `WORK/faces/*.npz`. Writes `INTO/<name>.onnx` and prints size and sha256.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from scripts.train.geometry import MARGIN_SCALE, MARGIN_SIDE, TEACHER_SIDE
from scripts.train.nets import (
    BODY_SIZE,
    DETECTOR_SIDE,
    FACE_SIDE,
    REFINER_SIDE,
    Detector,
    Refiner,
    body_embedder,
    face_embedder,
)
from scripts.train.pack import Floats, Image, read_packs
from scripts.train.schedule import averaged

_SEEN = 160
"""Pictures the ranges of int8 are read off."""

_OPSET = 17


class _Answering(nn.Module):
    """The detector as it is used: scores instead of what goes into the sigmoid."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        bodies, faces = self.network(picture)
        made = [
            torch.cat([torch.sigmoid(rows[..., :1]), rows[..., 1:]], -1) for rows in (bodies, faces)
        ]
        return made[0], made[1]


class _Pictures(CalibrationDataReader):
    def __init__(self, pictures: Iterator[Image]) -> None:
        self._pictures = pictures

    def get_next(self) -> dict[str, Floats] | None:
        """The next input."""
        picture = next(self._pictures, None)
        if picture is None:
            return None
        return {"picture": picture.transpose(2, 0, 1)[None].astype(np.float32)}


def scenes(work: Path) -> Iterator[Image]:
    """Scenes as the detector sees them."""
    pack = read_packs(sorted((work / "scenes").glob("*.npz")))
    for number in range(0, len(pack), max(1, len(pack) // _SEEN)):
        picture = pack.picture(number)
        scale = DETECTOR_SIDE / max(picture.shape[:2])
        canvas = np.full((DETECTOR_SIDE, DETECTOR_SIDE, 3), 114, np.uint8)
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        canvas[: size[1], : size[0]] = cv2.resize(picture, size)
        yield canvas


def aligned(work: Path, side: int, reach: float) -> Iterator[Image]:
    """Aligned faces of a side, showing a share of the stored picture."""
    pack = read_packs(sorted((work / "faces").glob("*.npz")))
    edge = round(MARGIN_SIDE * (1 - reach) / 2)
    for number in range(0, len(pack), max(1, len(pack) // _SEEN)):
        picture = pack.picture(number)
        inner = picture[edge : MARGIN_SIDE - edge, edge : MARGIN_SIDE - edge]
        yield np.asarray(cv2.resize(inner, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def bodies(work: Path) -> Iterator[Image]:
    """Upright pieces of scenes."""
    pack = read_packs(sorted((work / "scenes").glob("*.npz")))
    for number in range(0, len(pack), max(1, len(pack) // _SEEN)):
        picture = pack.picture(number)
        width = max(8, min(picture.shape[1], picture.shape[0] // 2))
        left = (picture.shape[1] - width) // 2
        piece = picture[:, left : left + width]
        yield np.asarray(cv2.resize(piece, BODY_SIZE[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def to_onnx(network: nn.Module, shape: tuple[int, ...], names: list[str], path: Path) -> None:
    """Write a network that takes one picture."""
    torch.onnx.export(
        network.eval(), (torch.zeros(shape),), str(path), input_names=["picture"],
        output_names=names, opset_version=_OPSET, dynamo=False,
    )  # fmt: skip


def to_int8(path: Path, into: Path, pictures: Iterator[Image], kept: list[str]) -> None:
    """Write weights and values as 8 bits, but for the layers named."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(prepared))
        nodes = onnx.load(str(prepared)).graph.node
        left = [node.name for node in nodes if any(part in node.name for part in kept)]
        quantize_static(
            str(prepared), str(into), _Pictures(pictures), quant_format=QuantFormat.QDQ,
            per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax, nodes_to_exclude=left,
        )  # fmt: skip


def main(words: list[str]) -> None:
    """Export every network."""
    parser = argparse.ArgumentParser(prog="export", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("into", type=Path)
    parser.add_argument("--float", action="append", default=[], help="leave this one as it is")
    given = parser.parse_args(words)
    given.into.mkdir(parents=True, exist_ok=True)
    reach = TEACHER_SIDE * MARGIN_SCALE / MARGIN_SIDE
    every: dict[str, tuple[nn.Module, tuple[int, int], list[str], Callable[[], Iterator[Image]]]]
    every = {
        "detector": (
            _Answering(averaged(Detector(), given.work / "detector.pt")),
            (DETECTOR_SIDE, DETECTOR_SIDE), ["bodies", "faces"], lambda: scenes(given.work),
        ),
        "refiner": (
            averaged(Refiner(), given.work / "refiner.pt"), (REFINER_SIDE, REFINER_SIDE),
            ["points"], lambda: aligned(given.work, REFINER_SIDE, 1.0),
        ),
        "faces": (
            averaged(face_embedder(), given.work / "faces.pt"), (FACE_SIDE, FACE_SIDE),
            ["vector"], lambda: aligned(given.work, FACE_SIDE, reach),
        ),
        "bodies": (
            averaged(body_embedder(), given.work / "bodies.pt"), BODY_SIZE, ["vector"],
            lambda: bodies(given.work),
        ),
    }  # fmt: skip
    for name, (network, size, outputs, pictures) in every.items():
        target = given.into / f"{name}.onnx"
        whole = given.into / f"{name}.float.onnx"
        to_onnx(network, (1, 3, *size), outputs, whole)
        if name in given.float:
            whole.replace(target)
        else:
            to_int8(whole, target, pictures(), ["_head.", "/Sigmoid", "/last/"])
        data = target.read_bytes()
        print(f"{target}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
