"""Vision whose processor time is noted: the networks alone, and each step as a whole."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from typing_extensions import override

from edge_agent.domain.attributes import Attributes
from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen
from edge_agent.vision.sessions import OnnxModel
from edge_agent.vision.vision import Vision

R = TypeVar("R")


class Meter:
    """Seconds of processor time and calls, by what was done; any thread may note."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)

    def note(self, name: str, work: Callable[[], R]) -> R:
        """Do something and note how long it took."""
        began = time.thread_time()
        try:
            return work()
        finally:
            took = time.thread_time() - began
            with self._lock:
                self.seconds[name] += took
                self.calls[name] += 1

    def copy(self) -> tuple[dict[str, float], dict[str, int]]:
        """What has been noted so far."""
        with self._lock:
            return dict(self.seconds), dict(self.calls)


class MeteredSession:
    """What onnxruntime itself takes, and nothing of ours around it."""

    def __init__(self, session: Any, name: str, meter: Meter) -> None:
        self._session = session
        self._name = name
        self._meter = meter

    def run(self, *arguments: Any) -> Any:
        """Run it once."""
        return self._meter.note(self._name, lambda: self._session.run(*arguments))


class MeteredVision(Vision):
    """Sees what another one sees.

    Attributes:
        meter: holds `detect`, `quality`, `embed` with attributes, and of those `raw detect`
            and `raw embed`.
    """

    def __init__(self, other: Vision) -> None:
        self.__dict__.update(vars(other))
        self.meter = Meter()
        parts: Any = self._parts
        fitted = getattr(getattr(parts.people, "_bodies", None), "detectors", {})
        for part in {parts.people, parts.faces, parts.bodies, *fitted.values()}:
            self._meter_network(part, "raw detect")
        for name in ("face_vectors", "body_vectors", "attributes"):
            self._meter_network(getattr(parts, name), "raw embed")

    def _meter_network(self, part: Any, name: str) -> None:
        model = getattr(part, "_model", None)
        if isinstance(model, OnnxModel):
            model._session = MeteredSession(model._session, name, self.meter)

    @override
    def detect(self, image: Image, least_body: float | None = None) -> Seen:
        mine = super().detect
        return self.meter.note("detect", lambda: mine(image, least_body))

    @override
    def face_quality(self, image: Image, faces: Faces, rows: Sequence[int] | None = None) -> Floats:
        mine = super().face_quality
        return self.meter.note("quality", lambda: mine(image, faces, rows))

    @override
    def body_quality(
        self, image: Image, bodies: Bodies, rows: Sequence[int] | None = None
    ) -> Floats:
        mine = super().body_quality
        return self.meter.note("quality", lambda: mine(image, bodies, rows))

    @override
    def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        mine = super().embed_faces
        return self.meter.note("embed", lambda: mine(image, landmarks))

    @override
    def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        mine = super().embed_bodies
        return self.meter.note("embed", lambda: mine(image, np.asarray(xyxy, np.float32)))

    @override
    def attributes(self, image: Image, xyxy: Floats) -> Attributes | None:
        mine = super().attributes
        return self.meter.note("embed", lambda: mine(image, np.asarray(xyxy, np.float32)))
