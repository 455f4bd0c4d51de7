"""The models of InsightFace's packages, run by its own library: the only module that imports it.

The library reads the package's own manifest, which says how pictures are normalised; boxes and
landmarks are decoded and suppressed by it. Its sessions are made with the box's options (threads,
no spinning, the shared arena with its ceiling), and each has one input shape.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from insightface.model_zoo import get_model, load_model_package
from insightface.model_zoo.person_detection import PersonDetection
from insightface.model_zoo.person_reid import PersonReID

from edge_agent.domain.detection import Bodies, Faces, Floats, Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.geometry import aligned, cut
from edge_agent.vision.manifest import FILE_NAME
from edge_agent.vision.networks import unit_rows
from edge_agent.vision.providers import chosen
from edge_agent.vision.sessions import bounded_session, session_options
from edge_agent.vision.tasks import DetectorTask, EmbedderTask, Task

_CPU = ["CPUExecutionProvider"]

M = TypeVar("M")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An opened package.

    Attributes:
        folder: its files.
        threads: of one call.
        memory_mib: ceiling of the shared arena.
        providers: what runs the models, see `providers.chosen`.
    """

    folder: Path
    threads: int
    memory_mib: int
    providers: tuple[str, ...]

    def faces(self, task: DetectorTask) -> "InsightFaces":
        """The face detector; this and the others raise `Unusable` where it cannot be loaded."""
        return InsightFaces(self.face_model("detection", task), task)

    def face_vectors(self, task: EmbedderTask, *, mirrored: bool) -> "InsightFaceVectors":
        """The face embedder."""
        return InsightFaceVectors(self.face_model("recognition", task), task, mirrored=mirrored)

    def bodies(self, task: DetectorTask) -> "InsightBodies":
        """The body detector."""
        return InsightBodies(self.person_model("person_detection", task), task)

    def body_vectors(self, task: EmbedderTask) -> "InsightBodyVectors":
        """The body embedder."""
        return InsightBodyVectors(self.person_model("person_reid", task), task)

    def face_model(self, kind: str, task: Task) -> Any:
        """The library's model of a face task."""
        options = session_options(threads=self.threads, memory_mib=self.memory_mib)
        given = {"providers": chosen(self.providers), "sess_options": options}
        if not (self.folder / FILE_NAME).is_file():
            path = str(self.folder / str(task.file))
            return _loaded(task, lambda: get_model(path, **given))

        def load() -> Any:
            told = load_model_package(self.folder).task(kind)
            return get_model(str(self.folder), model_task=kind, model_descriptor=told, **given)

        return _loaded(task, load)

    def person_model(self, kind: str, task: Task) -> Any:
        """The library's model of a body task."""
        path = self.folder / str(task.file)
        make = {"person_detection": PersonDetection, "person_reid": PersonReID}[kind]

        def load() -> Any:
            told = json.loads((self.folder / FILE_NAME).read_bytes())["tasks"][kind]
            about = {key: told[key] for key in ("input_size", "preprocessing") if key in told}
            about |= {"file": task.file, "path": str(path), "sha256": task.sha256}
            model = make(about, _CPU, self.threads)
            # The library has checked the network on a session of its own, outside of the arena.
            model.session = bounded_session(path, self.threads, self.memory_mib, self.providers)
            return model

        return _loaded(task, load)


def _loaded(task: Task, load: Callable[[], M]) -> M:
    try:
        model = load()
    except Exception as error:
        # The library has no error of its own: it raises whatever onnx, onnxruntime or an assertion
        # raised.
        raise Unusable(f"model {task.name} cannot be loaded by insightface: {error}") from error
    if model is None:
        raise Unusable(f"model {task.name} is none that insightface knows")
    return model


@contextmanager
def _failing(task: Task) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise VisionFailed(f"model {task.name} failed: {error}") from error


class InsightFaces:
    """SCRFD, as the package has it."""

    def __init__(self, model: Any, task: DetectorTask) -> None:
        self._task = task
        self._model = model
        height, width = task.input_size
        model.prepare(0, input_size=(width, height), det_thresh=task.score_threshold)
        if not model.use_kps:
            raise Unusable(f"model {task.name} finds no landmarks, which faces are aligned by")
        _loaded(task, lambda: model.detect(np.zeros((height, width, 3), np.uint8)))

    def detect(self, image: Image) -> Faces:
        """Faces in pixels of the picture, the best first.

        Raises:
            VisionFailed: the model failed.
        """
        with _failing(self._task):
            boxes, landmarks = self._model.detect(image)
        order = np.argsort(-boxes[:, 4], kind="stable")
        found = np.asarray(boxes[order], np.float32)
        marks = np.asarray(landmarks, np.float32).reshape(-1, 5, 2)[order]
        return Faces(found[:, :4], found[:, 4], marks)


class InsightFaceVectors:
    """ArcFace, as the package has it."""

    def __init__(self, model: Any, task: EmbedderTask, *, mirrored: bool) -> None:
        self._task = task
        self._model = model
        self._template = np.array(task.template, np.float32)
        self._mirrored = mirrored
        made = _loaded(task, lambda: model.get_feat(np.zeros((*task.input_size, 3), np.uint8)))
        if made.shape[-1] != task.embedding_dimension:
            raise Unusable(f"model {task.name} makes vectors of {made.shape[-1]} numbers")

    def embed(self, image: Image, landmarks: Floats) -> Floats:
        """(n, d) unit rows for (n, 5, 2) landmarks.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        crops = aligned(image, landmarks, self._template, width, height)
        values = self._vectors(crops)
        if self._mirrored and crops:
            mirrored = [np.ascontiguousarray(crop[:, ::-1]) for crop in crops]
            values = unit_rows(values + self._vectors(mirrored))
        return values

    def _vectors(self, crops: list[Image]) -> Floats:
        with _failing(self._task):
            rows = [self._model.get_feat(crop).reshape(1, -1) for crop in crops]
        return _checked(self._task, rows)


class InsightBodies:
    """The pedestrian detector of a package with bodies."""

    def __init__(self, model: Any, task: DetectorTask) -> None:
        self._task = task
        self._model = model

    def detect(self, image: Image, least: float | None = None) -> Bodies:
        """Bodies in pixels of the picture, the best first.

        Args:
            image: (h, w, 3) uint8.
            least: bodies below this score are left out; None takes the pack's threshold.

        Raises:
            VisionFailed: the model failed.
        """
        least = self._task.score_threshold if least is None else least
        with _failing(self._task):
            found = self._model.detect_candidates(image, least)
        return Bodies(np.ascontiguousarray(found[:, :4]), np.ascontiguousarray(found[:, 4]))


class InsightBodyVectors:
    """The body embedder of a package with bodies."""

    def __init__(self, model: Any, task: EmbedderTask) -> None:
        self._task = task
        self._model = model

    def embed(self, image: Image, xyxy: Floats) -> Floats:
        """(n, d) unit rows for (n, 4) boxes.

        Raises:
            VisionFailed: the model failed.
        """
        with _failing(self._task):
            rows = [self._model.embed(cut(image, box)).reshape(1, -1) for box in xyxy]
        return _checked(self._task, rows)


def _checked(task: EmbedderTask, rows: list[Floats]) -> Floats:
    values = np.concatenate([np.empty((0, task.embedding_dimension), np.float32), *rows])
    if not np.isfinite(values).all():
        raise VisionFailed(f"model {task.name} answered with values that are no numbers")
    return unit_rows(values)
