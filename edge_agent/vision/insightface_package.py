"""Model packages of InsightFace that somebody has put into the models folder, as manifests of ours.

Read are packages with a manifest of version 2 (`cheetah_s`, `cheetah_l`: faces and bodies;
`raccoon_*`: faces) and the older ones that are folders of ONNX files with well-known names
(`buffalo_*`, `antelopev2`: faces). What a package lacks for bodies is taken from another pack. The
weights may be used for non-commercial research only, whatever the library's own licence (MIT).

Of a file whose sha256 the package does not name, the one it has is taken: nobody has pinned it.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge_agent.domain.errors import Unusable
from edge_agent.vision.manifest import FILE_NAME, Manifest
from edge_agent.vision.tasks import Point

LICENCE = "insightface-non-commercial"
"""What has to be accepted."""

_OLDER = {
    "antelopev2": ("scrfd_10g_bnkps.onnx", "glintr100.onnx"),
    "buffalo_l": ("det_10g.onnx", "w600k_r50.onnx"),
    "buffalo_m": ("det_2.5g.onnx", "w600k_r50.onnx"),
    "buffalo_s": ("det_500m.onnx", "w600k_mbf.onnx"),
    "buffalo_sc": ("det_500m.onnx", "w600k_mbf.onnx"),
}
"""Detector and embedder of packages without a manifest."""

_KNOWN = (*_OLDER, "cheetah_s", "cheetah_l", "raccoon_s", "raccoon_l")

_IN_WORDS = "InsightFace pretrained models: non-commercial research only"

_NOTES = (
    "the weights may be used for non-commercial research only",
    "thresholds of its models are those of the library; nobody measured them here",
)

_ARCFACE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366),
            (41.5493, 92.3655), (70.7299, 92.2041))  # fmt: skip
"""Where landmarks lie in a face of 112 x 112 pixels, `insightface.utils.face_align`."""


def is_known(name: str) -> bool:
    """Whether a name is that of a package of InsightFace."""
    return name in _KNOWN


def is_package(folder: Path) -> bool:
    """Whether a folder holds a package, by its name or by its manifest's form."""
    if folder.name in _OLDER:
        return all((folder / file).is_file() for file in _OLDER[folder.name])
    try:
        document = json.loads((folder / FILE_NAME).read_bytes())
    except (OSError, ValueError):
        return False
    # Ours says how to read each model's outputs; theirs leaves that to the library.
    tasks = document.get("tasks") if isinstance(document, dict) else None
    recognition = tasks.get("recognition") if isinstance(tasks, dict) else None
    return isinstance(recognition, dict) and "decoder" not in recognition


def read_package(folder: Path, others: Manifest) -> Manifest:
    """Describe a package.

    Args:
        folder: of the package; its name is the pack's.
        others: of the pack whose models find and compare bodies where the package has none.

    Raises:
        Unusable: a file is missing or the package's manifest is wrong; names the place.
    """
    try:
        return _manifest(folder, _tasks(folder), others)
    except OSError as error:
        raise Unusable(f"model package {folder}: {error.filename}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise Unusable(f"model package {folder}: {where}: {first['msg']}") from error


def _tasks(folder: Path) -> dict[str, dict[str, Any]]:
    """What the package says of each of its models."""
    if folder.name in _OLDER:
        detector, embedder = _OLDER[folder.name]
        return {"detection": {"file": detector}, "recognition": {"file": embedder}}
    path = folder / FILE_NAME
    try:
        tasks = json.loads(path.read_bytes())["tasks"]
        found = {name: dict(task) for name, task in tasks.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unusable(f"model package {folder}: {FILE_NAME} has no tasks") from error
    if missing := {"detection", "recognition"} - set(found):
        raise Unusable(f"model package {folder}: {FILE_NAME} lacks tasks.{min(missing)}")
    return found


def _manifest(folder: Path, tasks: dict[str, dict[str, Any]], others: Manifest) -> Manifest:
    own = {"detection": _detection, "recognition": _recognition}
    if {"person_detection", "person_reid"} <= set(tasks):
        own |= {"person_detection": _person_detection, "person_reid": _person_reid}
    made: dict[str, Any] = others.tasks.model_dump() if len(own) == 2 else {}  # noqa: PLR2004
    made |= {name: _file(folder, tasks[name]) | part(tasks[name]) for name, part in own.items()}
    return Manifest.model_validate(
        {
            "manifest_version": 2,
            "model_id": folder.name,
            "display_name": f"InsightFace {folder.name}",
            "license": "MODEL.LICENSE",
            "licence": _IN_WORDS,
            "accept": LICENCE,
            "package": "insightface",
            "preference": 0,
            "notes": _NOTES,
            "tasks": made,
        }
    )


def _file(folder: Path, task: dict[str, Any]) -> dict[str, Any]:
    path = folder / str(task.get("file"))
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "name": path.stem,
        "file": str(task.get("file")),
        "sha256": task.get("sha256", digest),
        "bytes": path.stat().st_size,
        "licence": _IN_WORDS,
    }


def _detection(_task: dict[str, Any]) -> dict[str, Any]:
    return {
        "decoder": "insightface",
        "input_size": (384, 640),
        "strides": (8, 16, 32),
        "score_threshold": 0.5,
        "iou_threshold": 0.4,
    }


def _recognition(task: dict[str, Any]) -> dict[str, Any]:
    size = task.get("input_size", (112, 112))
    return {
        "decoder": "insightface",
        "input_size": size,
        "embedding_dimension": task.get("embedding_dimension", 512),
        "template": _template(size[0]) if isinstance(size[0], int) else (),
        "match_threshold": 0.45,
    }


def _person_detection(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "decoder": "insightface",
        "input_size": task.get("input_size", (640, 640)),
        "score_threshold": 0.5,
        "iou_threshold": 0.6,
    }


def _person_reid(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "decoder": "insightface",
        "input_size": task.get("input_size", (256, 128)),
        "embedding_dimension": 256,
        "match_threshold": 0.85,
        "min_height_to_width": 1.6,
    }


def _template(side: int) -> tuple[Point, ...]:
    """The landmarks of an aligned face, as `insightface.utils.face_align` scales and moves them."""
    ratio, shift = (side / 112, 0.0) if side % 112 == 0 else (side / 128, 8 * side / 128)
    return tuple((x * ratio + shift, y * ratio) for x, y in _ARCFACE)
