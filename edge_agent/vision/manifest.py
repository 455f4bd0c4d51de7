"""The manifest of a model pack, checked key by key.

The shape is that of InsightFace's V2 model packages (`manifest_version`, `model_id`, `license`,
`tasks.{detection,recognition,person_detection,person_reid}` with `file`, `sha256`, `input_size`
as [height, width], `preprocessing` as (x - mean) / std, `embedding_dimension`), with what they
lack: where the file comes from, its size and licence, layout, colour order, fit and pad, the
decoder with its parameters, the alignment template, and the similarity above which two vectors
are called the same person; and networks that are converted when they are installed, with the files
they are made of and an answer they must give.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from edge_agent.domain.errors import Unusable
from edge_agent.vision.attributes_task import AttributesTask
from edge_agent.vision.image_text_task import ImageTextTask
from edge_agent.vision.sources import Strict
from edge_agent.vision.tasks import DetectorTask, EmbedderTask, RefinerTask, Weights

FILE_NAME = "manifest.json"


class Tasks(Strict):
    """The models of a pack, the first four under the names of InsightFace's V2 packages.

    Attributes:
        landmarks: finds the five points of faces anew; None where the detector's are good enough.
            Only `one-pass` detectors ask it.
        person_attributes: what people wear and carry; None where the pack cannot tell.
        image_text: pictures and texts in one space; None where the pack has none.
    """

    detection: DetectorTask
    recognition: EmbedderTask
    person_detection: DetectorTask
    person_reid: EmbedderTask
    landmarks: RefinerTask | None = None
    person_attributes: AttributesTask | None = None
    image_text: ImageTextTask | None = None


class Manifest(Strict):
    """What a pack holds.

    Attributes:
        manifest_version: 2.
        model_id: name of the pack and of its folder.
        display_name: for people.
        license: name of the file beside the manifest that holds the terms in full.
        licence: the strictest licence among the weights, as an SPDX expression or in words.
        accept: name of a licence that the configuration must accept before the pack is used.
        package: whose package the folder holds, if it is not ours; its manifest stays as it is.
        preference: `auto` takes the pack with the highest that can be had; one below 0 only where
            no other can be had, though it is installed.
        notes: what an owner of the box has to know about these weights.
        tasks: the models.
    """

    manifest_version: Literal[2]
    model_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    display_name: str
    license: str
    licence: str
    accept: str | None = None
    package: Literal["insightface"] | None = None
    preference: int
    notes: tuple[str, ...] = ()
    tasks: Tasks

    @property
    def files(self) -> tuple[Weights, ...]:
        """What has a file; of two tasks that share one, the first."""
        tasks, pair = self.tasks, self.tasks.image_text
        every = (
            tasks.detection,
            tasks.landmarks,
            tasks.recognition,
            tasks.person_detection,
            tasks.person_reid,
            tasks.person_attributes,
            *((pair.image, pair.text, pair.tokenizer) if pair is not None else ()),
        )
        named: dict[str, Weights] = {}
        for task in every:
            if task is not None and task.weights is not None:
                named.setdefault(task.weights, task)
        return tuple(named.values())

    def model(self, task: Weights) -> str:
        """The stamp of vectors made by `task`: `<pack>/<name>@<8 digits>`."""
        return f"{self.model_id}/{task.name}@{task.stamp}"


def read_manifest(path: Path) -> Manifest:
    """Read and check a manifest.

    Raises:
        Unusable: it cannot be read, is not JSON, or has a key that is wrong or unknown.
    """
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise Unusable(f"model manifest {path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise Unusable(f"model manifest {path}: {where}: {first['msg']}") from error
