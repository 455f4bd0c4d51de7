"""Making the parts of a pack as its manifest says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge_agent.domain.errors import Unusable
from edge_agent.vision.fitted import FittedBodies
from edge_agent.vision.general import (
    BackbonePictures,
    ClassicPictures,
    PeopleAsThings,
    PictureReader,
    YoloxThings,
)
from edge_agent.vision.image_text import ImageText
from edge_agent.vision.install import read_weights
from edge_agent.vision.networks import NeuralBodies, NeuralFaces, Yolox, YuNet, input_shape
from edge_agent.vision.one_pass import (
    OnePass,
    OnePassBodies,
    OnePassFaces,
    Refiner,
    TwoPasses,
)
from edge_agent.vision.packs import InstalledPack
from edge_agent.vision.parts import (
    AttributeReader,
    BodyDetector,
    BodyEmbedder,
    FaceDetector,
    FaceEmbedder,
    PeopleDetector,
)
from edge_agent.vision.person_attributes import Crossroad
from edge_agent.vision.sessions import OnnxModel, OnnxTextModel
from edge_agent.vision.tasks import DetectorTask, EmbedderTask, Task
from edge_agent.vision.tokens import TextTokens

if TYPE_CHECKING:
    from edge_agent.vision.insightface_models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOptions:
    """How networks are loaded; `VisionOptions` explains each."""

    threads: int
    memory_mib: int
    providers: tuple[str, ...]
    face_input: tuple[int, int] | None
    query_face_input: tuple[int, int]
    mirrored_faces: bool
    gender: bool
    fitted_bodies: bool = True


@dataclass(frozen=True, slots=True)
class Parts:
    """The working parts of a pack.

    Attributes:
        people: faces and bodies of frames of cameras.
        faces: for frames of cameras.
        query_faces: for uploaded pictures.
        pictures: for pictures of anything.
        attributes: None where the pack cannot tell them.
        image_text: None where the pack has none.
    """

    people: PeopleDetector
    faces: FaceDetector
    query_faces: FaceDetector
    face_vectors: FaceEmbedder
    bodies: BodyDetector
    body_vectors: BodyEmbedder
    pictures: PictureReader
    attributes: AttributeReader | None
    image_text: ImageText | None = None


def assemble(pack: InstalledPack, options: NetworkOptions) -> Parts:
    """Load and warm every model of a pack.

    Raises:
        Unusable: a weight file is missing, damaged or of another shape, or a decoder does not fit
            its task.
    """
    # OpenCV's own pool, process-wide: several vision threads already share the cores.
    cv2.setNumThreads(options.threads)
    tasks = pack.manifest.tasks
    people, faces, query_faces, bodies = _detectors(pack, options)
    return Parts(
        people=people,
        faces=faces,
        query_faces=query_faces,
        face_vectors=_face_vectors(pack, tasks.recognition, options),
        bodies=bodies,
        body_vectors=_body_vectors(pack, tasks.person_reid, options),
        pictures=_pictures(pack, tasks.person_detection, options),
        attributes=_attributes(pack, options),
        image_text=_image_text(pack, options),
    )


def _detectors(
    pack: InstalledPack, options: NetworkOptions
) -> tuple[PeopleDetector, FaceDetector, FaceDetector, BodyDetector]:
    faces, bodies = pack.manifest.tasks.detection, pack.manifest.tasks.person_detection
    if "one-pass" in (faces.decoder, bodies.decoder):
        people = _one_pass(pack, faces, bodies, options)
        alone = OnePassFaces(people)
        return people, alone, alone, OnePassBodies(people)
    found = _faces(pack, faces, options, options.face_input)
    asked = _faces(pack, faces, options, options.query_face_input)
    seen = _bodies(pack, bodies, options)
    return TwoPasses(found, _fitted(pack, bodies, options, seen)), found, asked, seen


def _one_pass(
    pack: InstalledPack, faces: DetectorTask, bodies: DetectorTask, options: NetworkOptions
) -> OnePass:
    if faces.decoder != bodies.decoder or faces.file != bodies.file:
        raise Unusable(
            f"model pack {pack.manifest.model_id}: decoder 'one-pass' stands at tasks.detection "
            "and tasks.person_detection, with the same file"
        )
    _check_multiples(faces)
    task = pack.manifest.tasks.landmarks
    refiner = None if task is None else Refiner(_network(pack, task, options), task)
    return OnePass(_network(pack, faces, options), faces, bodies, refiner)


def _faces(
    pack: InstalledPack,
    task: DetectorTask,
    options: NetworkOptions,
    size: tuple[int, int] | None,
) -> FaceDetector:
    if size is not None:
        task = task.model_copy(update={"input_size": (size[1], size[0])})
    if task.decoder == "yunet":
        _check_multiples(task)
        return YuNet(_network(pack, task, options), task)
    if task.decoder == "insightface":
        _check_multiples(task)
        return _insightface(pack, task, options).faces(task)
    raise _misfit(pack, "detection", task.decoder)


def _bodies(pack: InstalledPack, task: DetectorTask, options: NetworkOptions) -> BodyDetector:
    if task.decoder == "yolox":
        _check_multiples(task)
        return Yolox(_network(pack, task, options), task)
    if task.decoder == "insightface":
        return _insightface(pack, task, options).bodies(task)
    raise _misfit(pack, "person_detection", task.decoder)


def _fitted(
    pack: InstalledPack, task: DetectorTask, options: NetworkOptions, own: BodyDetector
) -> BodyDetector:
    if not options.fitted_bodies or not isinstance(own, Yolox) or task.layout != "NCHW":
        return own

    def load(size: tuple[int, int]) -> Yolox:
        # Reading graphs takes 0.3 s and 14 MB, which other packs need not pay.
        from edge_agent.vision.resized import with_input_size  # noqa: PLC0415

        weights = with_input_size(read_weights(task, pack.folder), size)
        other = task.model_copy(update={"input_size": size})
        model = _model(pack, other, options, weights)
        detector = Yolox(model, other)
        answer = model.run(np.zeros(input_shape(other), np.float32))[0]
        if answer.shape[1] != detector.cells:
            raise Unusable(f"model {task.name} has the size of its input built in")
        return detector

    return FittedBodies(own, max(task.strides), load)


def _face_vectors(pack: InstalledPack, task: EmbedderTask, options: NetworkOptions) -> FaceEmbedder:
    if not task.template:
        raise Unusable(f"model pack {pack.manifest.model_id}: tasks.recognition needs a template")
    if task.decoder == "l2":
        return NeuralFaces(_network(pack, task, options), task, mirrored=options.mirrored_faces)
    if task.decoder == "insightface":
        package = _insightface(pack, task, options)
        return package.face_vectors(task, mirrored=options.mirrored_faces)
    raise _misfit(pack, "recognition", task.decoder)


def _body_vectors(pack: InstalledPack, task: EmbedderTask, options: NetworkOptions) -> BodyEmbedder:
    if task.decoder == "l2":
        return NeuralBodies(_network(pack, task, options), task)
    if task.decoder == "insightface":
        return _insightface(pack, task, options).body_vectors(task)
    raise _misfit(pack, "person_reid", task.decoder)


def _pictures(pack: InstalledPack, task: DetectorTask, options: NetworkOptions) -> PictureReader:
    if task.decoder not in ("yolox", "one-pass"):
        return ClassicPictures()

    def load() -> OnnxModel:
        # Reading graphs takes memory and 0.2 s, which boxes without instances need not pay.
        from edge_agent.vision.backbone import with_backbone  # noqa: PLC0415

        weights = with_backbone(task.name, read_weights(task, pack.folder), task.input_size)
        return _model(pack, task, options, weights)

    things = YoloxThings(task) if task.decoder == "yolox" else PeopleAsThings(task)
    return BackbonePictures(load, task, things)


def _attributes(pack: InstalledPack, options: NetworkOptions) -> AttributeReader | None:
    task = pack.manifest.tasks.person_attributes
    if task is None:
        return None
    return Crossroad(_network(pack, task, options), task, gender=options.gender)


def _image_text(pack: InstalledPack, options: NetworkOptions) -> ImageText | None:
    task = pack.manifest.tasks.image_text
    if task is None:
        return None
    tokenizer = read_weights(task.tokenizer, pack.folder)
    texts = OnnxTextModel(
        f"{pack.manifest.model_id}/{task.text.name}",
        read_weights(task.text, pack.folder),
        output=task.text.output,
        threads=options.threads,
        memory_mib=options.memory_mib,
        providers=options.providers,
    )
    tokens = TextTokens(task.tokenizer, tokenizer, task.text.context)
    return ImageText(task, _network(pack, task.image, options), texts, tokens)


def _network(pack: InstalledPack, task: Task, options: NetworkOptions) -> OnnxModel:
    return _model(pack, task, options, read_weights(task, pack.folder))


def _model(pack: InstalledPack, task: Task, options: NetworkOptions, weights: bytes) -> OnnxModel:
    return OnnxModel(
        f"{pack.manifest.model_id}/{task.name}",
        weights,
        input_shape(task),
        threads=options.threads,
        memory_mib=options.memory_mib,
        providers=options.providers,
    )


def _insightface(pack: InstalledPack, task: Task, options: NetworkOptions) -> "Package":
    # Importing the library takes a second and 33 MB, which other packs need not pay.
    from edge_agent.vision.insightface_models import Package  # noqa: PLC0415

    read_weights(task, pack.folder)  # the library opens the file itself; here it is checked
    return Package(
        folder=pack.folder,
        threads=options.threads,
        memory_mib=options.memory_mib,
        providers=options.providers,
    )


def _check_multiples(task: DetectorTask) -> None:
    coarsest = max(task.strides, default=0)
    if not coarsest or any(side % coarsest or side <= 0 for side in task.input_size):
        raise Unusable(
            f"model {task.name}: input {task.input_size[1]}x{task.input_size[0]} must be "
            f"multiples of {coarsest or 'the strides, which are missing'}"
        )


def _misfit(pack: InstalledPack, task: str, decoder: str) -> Unusable:
    return Unusable(
        f"model pack {pack.manifest.model_id}: tasks.{task} cannot use decoder {decoder!r}"
    )
