"""Teachers of the detector: two networks of the pack `open`, run as they are, without torch."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

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
