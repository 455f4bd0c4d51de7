import json
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.vision.manifest import read_manifest

GOOD = {"f1": 0.7, "f1_per_picture": 0.7, "positives": 5, "negatives": 5}
MODELS = Path(__file__).parents[3] / "models"


def changed(tmp_path: Path, keys: str, value: Any) -> Path:
    document = json.loads((MODELS / "open" / "manifest.json").read_text())
    *path, last = keys.split(".")
    place = document
    for key in path:
        place = place[key]
    place[last] = value
    target = tmp_path / "manifest.json"
    target.write_text(json.dumps(document))
    return target


@pytest.mark.parametrize("pack", ["open", "core"])
def test_manifests_of_the_project_are_right(pack: str) -> None:
    manifest = read_manifest(MODELS / pack / "manifest.json")
    assert manifest.model_id == pack
    assert (MODELS / pack / manifest.license).is_file()


def test_open_names_address_checksum_size_and_licence_of_every_file() -> None:
    files = read_manifest(MODELS / "open" / "manifest.json").files
    assert len(files) == 5
    for task in files:
        assert task.licence.startswith("Apache-2.0")
        assert task.fetched
        for source in task.fetched:
            assert len(str(source.url).split("/")[5]) == 40, "the address names a commit"


def test_stamp_names_pack_model_and_weights() -> None:
    manifest = read_manifest(MODELS / "open" / "manifest.json")
    assert manifest.model(manifest.tasks.person_reid) == (
        "open/person-reidentification-retail-0248@43891ce6"
    )


def test_stamp_of_a_converted_network_names_all_its_sources() -> None:
    task = read_manifest(MODELS / "open" / "manifest.json").tasks.recognition
    document, weights = task.sources
    other = document.model_copy(update={"sha256": "0" * 64})
    assert task.model_copy(update={"sources": (other, weights)}).stamp != task.stamp


def test_stamp_of_a_model_without_a_file_changes_with_its_parameters() -> None:
    task = read_manifest(MODELS / "open" / "manifest.json").tasks.person_reid
    bare = task.model_copy(update={"file": None, "sha256": None, "bytes": None, "url": None})
    other = bare.model_copy(update={"input_size": (64, 64)})
    assert bare.stamp != other.stamp
    assert bare.stamp == bare.model_copy(update={"match_threshold": 0.1}).stamp


@pytest.mark.parametrize(
    ("keys", "value", "named"),
    [
        ("colour", "red", "colour"),
        ("tasks.gender", {}, "tasks.gender"),
        ("tasks.person_attributes.offered.umbrella", GOOD, "no such attribute: umbrella"),
        ("tasks.person_attributes.offered.presents", GOOD, "no such attribute: presents"),
        ("tasks.person_attributes.offered.bag", {**GOOD, "f1": 0.59}, "bag.f1"),
        ("tasks.person_attributes.offered.bag", {**GOOD, "f1_per_picture": 0.4}, "f1_per_picture"),
        ("tasks.person_attributes.offered.bag", {**GOOD, "positives": 0}, "bag.positives"),
        ("tasks.person_attributes.offered.bag", {**GOOD, "negatives": 0}, "single negative"),
        ("tasks.detection.sha265", "00", "tasks.detection.sha265"),
        ("tasks.detection.sha256", "00", "tasks.detection.sha256"),
        ("tasks.detection.url", "http://example.org/a.onnx", "tasks.detection.url"),
        ("tasks.detection.file", "../a.onnx", "tasks.detection.file"),
        ("tasks.detection.file", None, "tasks.detection"),
        ("tasks.detection.decoder", "magic", "tasks.detection.decoder"),
        ("tasks.detection.bytes", 0, "tasks.detection.bytes"),
        ("tasks.detection.answer", {}, "tasks.detection.answer"),
        ("tasks.recognition.sources", [], "tasks.recognition"),
        ("tasks.recognition.answer", None, "tasks.recognition"),
        ("tasks.recognition.convert", None, "tasks.recognition"),
        ("tasks.recognition.convert", "caffe", "tasks.recognition.convert"),
        ("tasks.recognition.file", "a.onnx", "tasks.recognition"),
        ("tasks.recognition.template", [[1, 2]], "tasks.recognition"),
        ("tasks.recognition.preprocessing.std", [0, 1, 1], "preprocessing"),
        ("tasks.recognition.match_threshold", 1.5, "match_threshold"),
        ("manifest_version", 1, "manifest_version"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, keys: str, value: object, named: str) -> None:
    with pytest.raises(Unusable, match=named):
        read_manifest(changed(tmp_path, keys, value))


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(Unusable, match=str(path)):
        read_manifest(path)


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read"):
        read_manifest(tmp_path / "manifest.json")
