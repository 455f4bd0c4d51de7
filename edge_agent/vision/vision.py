"""The face that the other rooms see: pictures in, detections, vectors and qualities out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from edge_agent.domain.attributes import Attributes
from edge_agent.domain.calibration import Evidence
from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen
from edge_agent.domain.image_item import Look
from edge_agent.domain.track import Marks
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import PRESENTS
from edge_agent.vision import quality
from edge_agent.vision.assembly import NetworkOptions, Parts, assemble
from edge_agent.vision.attributes_task import AttributesTask
from edge_agent.vision.general import picture_floor
from edge_agent.vision.kept import body_in, face_again, landmarks_in
from edge_agent.vision.manifest import Manifest
from edge_agent.vision.packs import InstalledPack
from edge_agent.vision.query import bodies_closely, faces_closely, people_of
from edge_agent.vision.tasks import EmbedderTask, Task

_EITHER = 0.5
"""Probability from which on one of two is the likelier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionOptions:
    """How a pack is run.

    Attributes:
        threads_per_call: threads one model run may use; 1 stays in the thread that calls.
        providers: onnxruntime's execution providers in the order in which they are asked, as in
            the configuration; what they cannot run the processor runs.
        memory_mib: ceiling for the working memory of all models together, MiB.
        face_input: (width, height) the face detector sees a camera's frame at, pixels, multiples
            of 32; None takes the pack's. Larger finds smaller faces and takes longer. Networks
            that find faces and bodies at once have one size, whatever is said here.
        query_face_input: the same for uploaded pictures, which are often upright or square.
        fitted_bodies: look for bodies in an input of the camera's proportions, see `fitted`; else
            in the pack's own, whatever part of it stays empty.
        min_face_px: faces narrower than this are not reported.
        min_body_px: bodies lower than this are not reported.
        mirrored_faces: average each face's vector with that of its mirror image; doubles the time
            of a face vector (7 to 14 ms on one thread) and finds 97.2 instead of 96.9 % of the
            pairs of LFW pictures of one person at 1 false alarm in 10,000.
        gender: whether `attributes` tells if somebody presents as a man.
        face_threshold: cosine similarity from which two faces match; None takes the pack's.
        body_threshold: cosine similarity from which two bodies match; None takes the pack's.
        false_alarms: take the thresholds that so many of 10,000 pairs of strangers reach, 1, 4, 10
            or 100, where the pack knows them and none is given; None takes the pack's own.
    """

    threads_per_call: int = 1
    providers: tuple[str, ...] = ("cpu",)
    memory_mib: int = 512
    face_input: tuple[int, int] | None = None
    query_face_input: tuple[int, int] = (640, 640)
    fitted_bodies: bool = True
    min_face_px: float = 12.0
    min_body_px: float = 32.0
    mirrored_faces: bool = True
    gender: bool = False
    face_threshold: float | None = None
    body_threshold: float | None = None
    false_alarms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInfo:
    """What is said about the pack in use wherever its answers are shown.

    Attributes:
        licence: the strictest among its weights.
        notes: what an owner of the box has to know about these weights.
        face_model: the stamp on face vectors; only vectors of one stamp are compared.
        body_model: the stamp on body vectors.
        face_dim: length of face vectors.
        body_dim: length of body vectors.
        face_threshold: cosine similarity from which a face found among many is a match.
        body_threshold: cosine similarity from which two bodies match.
        face_pair_threshold: cosine similarity from which two given faces are one person's, where
            nothing is searched.
        face_false_alarm_rate: share of pairs of strangers whose faces reach `face_threshold`, as
            measured; None where nobody measured that threshold.
        calibration: what similarities of each part are worth, as far as it is known.
        face_detector: the stamp of what finds faces.
        body_detector: the stamp of what finds bodies.
        picture_model: the stamp on vectors of pictures of anything.
        picture_floors: by the stamp of each model that looks at such pictures, that one first:
            cosine similarity of two that have nothing in common.
        attribute_model: the stamp on attributes; None where the pack cannot tell them.
        attributes: keys of what is told of people, each with the probability from which on it is
            said to be there (`Impression.said`); empty where the pack cannot tell.
        image_text_model: the stamp on vectors that texts are held against; None without such a
            model.
        image_text_dim: length of those vectors.
        described: cosine similarity of a picture and a text that has nothing to do with it, and of
            one and a text that describes it well.
    """

    name: str
    licence: str
    notes: tuple[str, ...]
    face_model: str
    body_model: str
    face_dim: int
    body_dim: int
    face_threshold: float
    body_threshold: float
    face_pair_threshold: float
    face_false_alarm_rate: float | None = None
    calibration: Mapping[Part, Evidence] = field(default_factory=dict)
    face_detector: str = ""
    body_detector: str = ""
    picture_model: str = ""
    picture_floors: Mapping[str, float] = field(default_factory=dict)
    attribute_model: str | None = None
    attributes: Mapping[str, float] = field(default_factory=dict)
    image_text_model: str | None = None
    image_text_dim: int = 0
    described: tuple[float, float] = (0.0, 1.0)


class Vision:
    """Runs one pack.

    Holds no state that changes, so every method may be called from several threads at once. All
    of them block for milliseconds: on the event loop use `VisionThreads`.

    Pictures are (h, w, 3) uint8, blue green red; boxes and landmarks are in their pixels. Methods
    raise `VisionFailed` when a model fails, and `ValueError` for what is no picture.
    """

    def __init__(
        self, info: PackInfo, parts: Parts, options: VisionOptions, *, min_height_to_width: float
    ) -> None:
        self.info = info
        self._parts = parts
        self._options = options
        self._min_height_to_width = min_height_to_width

    @classmethod
    def load(cls, pack: InstalledPack, options: VisionOptions | None = None) -> "Vision":
        """Load and warm every model of a pack. Blocks for about half a second.

        Raises:
            Unusable: a weight file is missing, damaged or of another shape.
        """
        options = options or VisionOptions()
        manifest, tasks = pack.manifest, pack.manifest.tasks
        faces, bodies, pair = tasks.recognition, tasks.person_reid, tasks.image_text
        floors = _picture_floors(manifest)
        face_threshold = _given(options.face_threshold, faces.threshold(options.false_alarms))
        info = PackInfo(
            name=manifest.model_id,
            licence=manifest.licence,
            notes=manifest.notes,
            face_model=manifest.model(faces),
            body_model=manifest.model(bodies),
            face_dim=faces.embedding_dimension,
            body_dim=bodies.embedding_dimension,
            face_threshold=face_threshold,
            body_threshold=_given(options.body_threshold, bodies.threshold(options.false_alarms)),
            face_pair_threshold=_given(faces.pair_threshold, faces.match_threshold),
            face_false_alarm_rate=faces.false_alarms_at(face_threshold),
            calibration=_calibration({Part.FACE: faces, Part.BODY: bodies}),
            face_detector=manifest.model(tasks.detection),
            body_detector=manifest.model(tasks.person_detection),
            picture_model=next(iter(floors)),
            picture_floors=floors,
            attribute_model=_stamp(manifest, tasks.person_attributes),
            image_text_model=manifest.model(pair.image) if pair else None,
            image_text_dim=pair.embedding_dimension if pair else 0,
            described=pair.described if pair else (0.0, 1.0),
            attributes=_offered(tasks.person_attributes, gender=options.gender),
        )
        networks = NetworkOptions(
            threads=options.threads_per_call,
            providers=options.providers,
            memory_mib=options.memory_mib,
            face_input=options.face_input,
            query_face_input=options.query_face_input,
            mirrored_faces=options.mirrored_faces,
            gender=options.gender,
            fitted_bodies=options.fitted_bodies,
        )
        upright = bodies.min_height_to_width
        return cls(info, assemble(pack, networks), options, min_height_to_width=upright)

    def detect(self, image: Image, least_body: float | None = None) -> Seen:
        """Find faces and bodies in a camera's frame, the best first.

        Args:
            image: (h, w, 3) uint8 BGR.
            least_body: bodies below this score are left out; None takes the pack's threshold.
                A tracker wants doubtful ones as well, to keep hold of people half hidden.
        """
        _check_picture(image)
        return self._large_enough(self._parts.people.detect(image, least_body))

    def detect_query(self, image: Image) -> Seen:
        """Find the people in an uploaded picture, trying harder than `detect`.

        A body with score 0 was not found by the detector: the picture is taken for a tight crop
        of one (see `look_closely`). Bodies that show too little to be compared (head and
        shoulders in a portrait, see `comparable`) are left out: asked with their vectors,
        everybody would match.
        """
        return self.people_asked(image, self.query_faces(image), self.query_bodies(image))

    def query_faces(self, image: Image) -> Faces:
        """The faces of `detect_query`, the best first; may run beside `query_bodies`."""
        _check_picture(image)
        return faces_closely(image, self._parts.query_faces)

    def query_bodies(self, image: Image) -> Bodies:
        """The bodies that a detector finds for `detect_query`, the best first."""
        _check_picture(image)
        return bodies_closely(image, self._parts.bodies)

    def people_asked(self, image: Image, faces: Faces, bodies: Bodies) -> Seen:
        """What `detect_query` makes of what was found.

        Args:
            image: (h, w, 3) uint8 BGR.
            faces: by `query_faces`.
            bodies: by `query_bodies`.
        """
        seen = people_of(image, faces, bodies)
        whole = ~quality.head_and_shoulders(seen.faces, seen.bodies)
        return Seen(seen.faces, seen.bodies[self.comparable(image, seen.bodies) & whole])

    def comparable(self, image: Image, bodies: Bodies) -> npt.NDArray[np.bool_]:
        """Which bodies show enough for their vectors to tell people apart.

        Not those that are too flat (head and shoulders, somebody behind a counter), and not those
        cut lengthwise by one side of the picture: their vectors resemble everybody's. A body from
        side to side is a tight crop and counts.

        Returns:
            (n,) bool.
        """
        width, height = (bodies.xyxy[:, 2:] - bodies.xyxy[:, :2]).T
        upright = height >= self._min_height_to_width * width
        return np.asarray(upright & ~quality.cut_lengthwise(image, bodies.xyxy), np.bool_)

    def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        """Turn faces into vectors.

        Args:
            image: the frame they were seen in.
            landmarks: (n, 5, 2) pixels of the frame, in the order of `Faces.landmarks`.

        Returns:
            (n, d) float32 rows of length 1.
        """
        _check_picture(image)
        return self._parts.face_vectors.embed(image, landmarks)

    def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        """Turn bodies into vectors.

        Args:
            image: the frame they were seen in.
            xyxy: (n, 4) boxes in pixels of the frame; what reaches past it is left out.

        Returns:
            (n, d) float32 rows of length 1.
        """
        _check_picture(image)
        return self._parts.body_vectors.embed(image, xyxy)

    def embed_kept(self, part: Part, picture: Image, marks: Marks | None) -> Floats | None:
        """Turn a stored picture of one part into a vector.

        Args:
            part: what it shows.
            picture: (h, w, 3) uint8 BGR, the part with its `MARGIN`.
            marks: where the part lies in it, if that is known. A face is found again unless this
                pack's detector set the marks: another's landmarks lie elsewhere.

        Returns:
            (d,) float32 of length 1; None where the face is not found again.
        """
        _check_picture(picture)
        if part is Part.BODY:
            return np.asarray(self.embed_bodies(picture, body_in(picture, marks))[0])
        own = marks if marks and marks.detector == self.info.face_detector else None
        found = landmarks_in(own) if own else face_again(picture, self._parts.faces, marks)
        return None if found is None else np.asarray(self.embed_faces(picture, found)[0])

    def describe_kept(self, picture: Image, marks: Marks | None) -> Floats | None:
        """Turn the stored picture of a body into a vector that texts can be held against.

        Args:
            picture: (h, w, 3) uint8 BGR, the body with its `MARGIN`.
            marks: where the body lies in it, if that is known.

        Returns:
            (d,) float32 of length 1; None where the pack has no image-text model.
        """
        made = self.embed_pictures(picture, body_in(picture, marks))
        return None if made is None else np.asarray(made[0])

    def attributes(self, image: Image, xyxy: Floats) -> Attributes | None:
        """Say what people wear and carry; 2 ms per body on one thread.

        Meant for people who stand, are hidden by less than a fifth and are at least 80 pixels
        wide; of others it says something too, and mostly wrong.

        Args:
            image: the frame they were seen in.
            xyxy: (n, 4) boxes in pixels of the frame; what reaches past it is left out.

        Returns:
            One row per box; None where the pack cannot tell.
        """
        _check_picture(image)
        reader = self._parts.attributes
        return None if reader is None else reader.look(image, xyxy)

    def look_at_picture(self, image: Image) -> Look:
        """Turn a picture of anything into a vector, and find the things in it.

        The vector is of the image-text model where the pack has one; then the detector's, which
        comes with the things, is among the others.
        """
        _check_picture(image)
        look, model = self._parts.pictures.look(image), self._parts.image_text
        if model is None:
            return look
        _, pooled = self.info.picture_floors
        vector = model.embed_pictures(image, _all_of(image))[0]
        return Look(vector, look.things, {pooled: look.vector})

    def embed_pictures(self, image: Image, xyxy: Floats | None = None) -> Floats | None:
        """Turn pictures into vectors that texts can be held against.

        Args:
            image: (h, w, 3) uint8 BGR.
            xyxy: (n, 4) boxes in its pixels; None takes the whole picture.

        Returns:
            (n, d) float32 rows of length 1; None where the pack has no image-text model.
        """
        _check_picture(image)
        model = self._parts.image_text
        if model is None:
            return None
        return model.embed_pictures(image, _all_of(image) if xyxy is None else xyxy)

    def embed_text(self, text: str) -> Floats | None:
        """(d,) of length 1, to be held against `embed_pictures`; None without such a model."""
        model = self._parts.image_text
        return None if model is None else model.embed_text(text)

    def face_quality(self, image: Image, faces: Faces, rows: Sequence[int] | None = None) -> Floats:
        """(n,) 0 to 1: how good each face is for recognition; 0 where `rows` leaves it out."""
        _check_picture(image)
        return quality.face_quality(image, faces, rows)

    def body_quality(
        self, image: Image, bodies: Bodies, rows: Sequence[int] | None = None
    ) -> Floats:
        """(n,) 0 to 1: how whole and clear each body is; 0 where it is not `comparable`.

        A body of quality 0 is not to be embedded. Those that `rows` leaves out have it, too.
        """
        _check_picture(image)
        measured = quality.body_quality(image, bodies, rows)
        return np.where(self.comparable(image, bodies), measured, np.float32(0))

    def quality_bounds(self, image: Image, seen: Seen) -> dict[Part, Floats]:
        """One per face and body, 0 to 1: what its quality cannot exceed, told by boxes alone."""
        _check_picture(image)
        body = quality.body_bound(image, seen.bodies)
        return {
            Part.FACE: quality.face_bound(image, seen.faces),
            Part.BODY: np.where(self.comparable(image, seen.bodies), body, np.float32(0)),
        }

    def _large_enough(self, seen: Seen) -> Seen:
        faces, bodies = seen.faces, seen.bodies
        wide = faces.xyxy[:, 2] - faces.xyxy[:, 0] >= self._options.min_face_px
        high = bodies.xyxy[:, 3] - bodies.xyxy[:, 1] >= self._options.min_body_px
        return Seen(faces[wide], bodies[high])


def _picture_floors(manifest: Manifest) -> dict[str, float]:
    """By the stamps of what looks at pictures of anything, the one in use first."""
    detector, pair = manifest.tasks.person_detection, manifest.tasks.image_text
    pooling, floor = picture_floor(detector)
    pooled = {f"{manifest.model(detector)}+{pooling}": floor}
    return pooled if pair is None else {manifest.model(pair.image): pair.unlike, **pooled}


def _all_of(image: Image) -> Floats:
    return np.array([[0, 0, image.shape[1], image.shape[0]]], np.float32)


def _stamp(manifest: Manifest, task: Task | None) -> str | None:
    return None if task is None else manifest.model(task)


def _offered(task: AttributesTask | None, *, gender: bool) -> dict[str, float]:
    if task is None:
        return {}
    offered = {key: measured.threshold for key, measured in task.offered.items()}
    return {**offered, PRESENTS: _EITHER} if gender else offered


def _calibration(tasks: Mapping[Part, EmbedderTask]) -> dict[Part, Evidence]:
    known = {part: task.evidence for part, task in tasks.items()}
    return {part: evidence for part, evidence in known.items() if evidence is not None}


def _given(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _check_picture(image: Image) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:  # noqa: PLR2004
        raise ValueError(f"a picture is (h, w, 3) uint8, got {image.shape} {image.dtype}")
