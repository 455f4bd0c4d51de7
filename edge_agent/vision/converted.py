"""Networks that are converted when they are installed, and kept.

Beside the converted file lies a record: what it was made of, by which version of the converter,
and its sha256. It is written last. A file without its record, or with that of other sources or of
an older converter, does not count; the sources stay in place, so it can be made again offline.
"""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge_agent.domain.errors import Unusable
from edge_agent.vision.fetching import Progress, placed
from edge_agent.vision.known_answer import check_answer
from edge_agent.vision.networks import input_shape
from edge_agent.vision.openvino_ir import VERSION, convert
from edge_agent.vision.sources import Sha256
from edge_agent.vision.tasks import Task, Weights


class _Record(BaseModel):
    """What a converted file was made of.

    Attributes:
        sources: sha256 of each.
        converter: version of the converter.
        sha256: of the converted file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[Sha256, ...]
    converter: int
    sha256: Sha256


def convert_sources(task: Task, folder: Path, progress: Progress) -> None:
    """Convert a task's sources, which lie in `folder`, check the outcome and put it in place.

    Raises:
        Unusable: they cannot be converted, or the network answers otherwise than it must.
        OSError: the folder cannot be read or written.
    """
    target = folder / str(task.weights)
    document, weights = ((folder / source.file).read_bytes() for source in task.sources)

    def told(done: int, layers: int) -> None:
        progress(target.name, len(weights) * done // layers, len(weights))

    try:
        made = convert(task.name, document, weights, told)
        if task.answer is not None:
            check_answer(made, input_shape(task), task.answer)
    except Unusable as error:
        raise Unusable(f"model {task.name} cannot be converted: {error}") from error
    with placed(target) as sink:
        sink.write(made)
    record = _Record(
        sources=_sources(task), converter=VERSION, sha256=hashlib.sha256(made).hexdigest()
    )
    with placed(_record_path(task, folder)) as sink:
        sink.write(record.model_dump_json(indent=2).encode())


def converted_problem(task: Weights, folder: Path) -> str | None:
    """What is wrong with a converted file; None where all is well."""
    try:
        record = _read_record(task, folder)
        with (folder / str(task.weights)).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValidationError:
        return "has a record that is damaged"
    if (record.sources, record.converter) != (_sources(task), VERSION):
        return "was made from other files or by another version"
    return None if digest == record.sha256 else f"has sha256 {digest[:12]}…, not the recorded one"


def recorded_sha256(task: Weights, folder: Path) -> str | None:
    """The sha256 that a converted file must have; None where nothing that counts is recorded."""
    try:
        record = _read_record(task, folder)
    except (OSError, ValidationError):
        return None
    current = (record.sources, record.converter) == (_sources(task), VERSION)
    return record.sha256 if current else None


def _sources(task: Weights) -> tuple[str, ...]:
    return tuple(source.sha256 for source in task.sources)


def _record_path(task: Weights, folder: Path) -> Path:
    return folder / f"{task.weights}.json"


def _read_record(task: Weights, folder: Path) -> _Record:
    return _Record.model_validate_json(_record_path(task, folder).read_bytes())
