import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.vision import (
    InstalledPack,
    PackOptions,
    Vision,
    VisionFailed,
    VisionOptions,
    choose,
    find_manifest,
    list_packs,
    verify,
)
from edge_agent.vision.insightface_package import LICENCE
from tests.support.insightface_packages import buffalo, cheetah

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def packages(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    cheetah(folder / "cheetah_s", mirror)
    buffalo(folder / "buffalo_s", mirror)
    return folder


def options(folder: Path, pack: str, mirror: Path | None = None) -> PackOptions:
    return PackOptions(
        folder=folder, pack=pack, mirror=mirror, download=False, accepted=frozenset([LICENCE])
    )


@pytest.fixture(scope="module")
def cheetah_pack(packages: Path) -> InstalledPack:
    return choose(options(packages, "cheetah_s"))


@pytest.fixture(scope="module")
def cheetah_vision(cheetah_pack: InstalledPack) -> Vision:
    return Vision.load(cheetah_pack)


@pytest.fixture
def copied(packages: Path, tmp_path: Path) -> Path:
    """The packages, to be damaged."""
    return shutil.copytree(packages, tmp_path / "copied")


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)


def edited(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "cheetah_s" / "manifest.json"
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("pack", ["cheetah_s", "buffalo_s"])
def test_a_package_is_refused_until_its_licence_is_accepted_by_name(
    packages: Path, pack: str
) -> None:
    refused = PackOptions(folder=packages, pack=pack, download=False)
    with pytest.raises(Unusable, match=r"non-commercial .*accept_licence: \[insightface-non-comm"):
        choose(refused)


def test_auto_never_takes_a_package_of_insightface(packages: Path) -> None:
    assert choose(options(packages, "auto")).manifest.model_id == "core"
    rows = {row.name: row for row in list_packs(options(packages, "auto"))}
    assert rows["cheetah_s"].installed
    assert not rows["cheetah_s"].in_use
    assert "non-commercial" in rows["cheetah_s"].licence
    chosen = {row.name: row.in_use for row in list_packs(options(packages, "cheetah_s"))}
    assert [name for name, used in chosen.items() if used] == ["cheetah_s"]


def test_it_says_what_it_is(cheetah_vision: Vision) -> None:
    info = cheetah_vision.info
    assert info.face_model == "cheetah_s/rec@b7120c09"
    assert info.body_model.startswith("cheetah_s/reid@")
    assert (info.face_dim, info.body_dim, info.attribute_model) == (128, 256, None)
    assert "non-commercial" in info.licence
    assert "nobody measured them" in " ".join(info.notes)


@pytest.mark.testdata
def test_faces_are_those_that_the_open_pack_finds(
    cheetah_vision: Vision, open_vision: Vision, labelled: Path
) -> None:
    paths = sorted((labelled / "lfw" / "images").glob("*/*.jpg"))[::100]
    together = 0
    for path in paths:
        image = read(path)
        ours, theirs = open_vision.detect(image).faces, cheetah_vision.detect(image).faces
        assert len(theirs)
        apart = np.abs(ours.landmarks[:, None] - theirs.landmarks[None]).mean(axis=(2, 3))
        together += int(apart.min() < 6)
    assert together >= 0.9 * len(paths)


@pytest.mark.testdata
def test_two_photographs_of_one_person_are_closer_than_those_of_strangers(
    cheetah_vision: Vision, labelled: Path
) -> None:
    folders = sorted((labelled / "lfw" / "images").iterdir())
    people = [paths for folder in folders if len(paths := sorted(folder.glob("*.jpg"))) > 3][:8]
    vectors = []
    for path in (path for paths in people for path in paths[:2]):
        image = read(path)
        faces = cheetah_vision.detect(image).faces
        vectors.append(cheetah_vision.embed_faces(image, faces.landmarks[:1])[0])
    rows = np.stack(vectors)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    likeness = rows[::2] @ rows[1::2].T
    assert (likeness.argmax(axis=1) == np.arange(len(people))).mean() >= 0.85


@pytest.mark.testdata
def test_bodies_are_found_in_pixels_of_the_frame_and_compared(
    cheetah_vision: Vision, open_vision: Vision, labelled: Path
) -> None:
    frame = read(labelled / "market_frames" / "frames" / "c1s1_002326.jpg")
    bodies = cheetah_vision.detect(frame).bodies
    known = np.array([1455, 422, 1712, 1078])
    assert np.abs(bodies.xyxy - known).max(axis=1).min() < 120
    assert len(cheetah_vision.detect(frame, least_body=0.1).bodies) > len(bodies)
    ours = open_vision.embed_bodies(frame, bodies.xyxy)
    np.testing.assert_allclose(cheetah_vision.embed_bodies(frame, bodies.xyxy), ours, atol=2e-2)
    assert len(cheetah_vision.embed_bodies(frame, np.empty((0, 4), np.float32))) == 0


def test_nobody_is_seen_in_an_empty_picture(cheetah_vision: Vision) -> None:
    seen = cheetah_vision.detect(np.zeros((300, 400, 3), np.uint8))
    assert (len(seen.faces), len(seen.bodies)) == (0, 0)
    nobody = np.empty((0, 5, 2), np.float32)
    assert cheetah_vision.embed_faces(np.zeros((9, 9, 3), np.uint8), nobody).shape == (0, 128)


def test_a_model_that_fails_is_an_error(cheetah_vision: Vision) -> None:
    model = cheetah_vision._parts.face_vectors
    with pytest.raises(VisionFailed, match="rec failed"):
        model._vectors([np.zeros((112, 112), np.uint8)])  # type: ignore[attr-defined]


def test_an_older_package_has_faces_and_takes_bodies_from_open(
    packages: Path, mirror: Path
) -> None:
    with pytest.raises(Unavailable, match="person_yolox_nano_416"):
        choose(options(packages, "buffalo_s"))
    vision = Vision.load(choose(options(packages, "buffalo_s", mirror)))
    assert vision.info.face_model.startswith("buffalo_s/w600k_mbf@")
    assert vision.info.face_dim == 512
    assert vision.info.body_model == "buffalo_s/person-reidentification-retail-0248@43891ce6"
    image = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)
    landmarks = np.array([[[80, 80], [120, 80], [100, 100], [85, 120], [115, 120]]], np.float32)
    vectors = vision.embed_faces(image, landmarks)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1], rtol=1e-5)


def test_a_package_stays_as_it_was_put_there(packages: Path, cheetah_pack: InstalledPack) -> None:
    assert cheetah_pack.folder == packages / "cheetah_s"
    names = sorted(path.name for path in cheetah_pack.folder.iterdir())
    assert names == [
        "MODEL.LICENSE", "det.onnx", "manifest.json", "person.onnx", "rec.onnx", "reid.onnx",
    ]  # fmt: skip
    assert "decoder" not in (cheetah_pack.folder / "manifest.json").read_text()


def test_a_file_that_is_not_the_one_its_package_names_is_refused(copied: Path) -> None:
    path = copied / "cheetah_s" / "rec.onnx"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    problems = {row.file: row.problem for row in verify(options(copied, "auto"), "cheetah_s")}
    assert str(problems.pop("rec.onnx")).startswith("has sha256")
    assert set(problems.values()) == {None}
    with pytest.raises(Unavailable, match=r"rec\.onnx .*vision\.download is off"):
        choose(options(copied, "cheetah_s"))


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda it: it["tasks"].pop("recognition"), "there is no model pack|by hand"),
        (lambda it: it["tasks"].pop("detection"), "lacks tasks.detection"),
        (lambda it: it["tasks"]["detection"].update(file="gone.onnx"), "gone.onnx"),
        (lambda it: it["tasks"]["detection"].update(file="../det.onnx"), "det.onnx"),
        (lambda it: it["tasks"]["recognition"].update(input_size="big"), "input_size"),
        (lambda it: it["tasks"]["person_reid"].update(sha256="00"), "sha256"),
    ],
)
def test_a_package_that_is_wrong_is_named_and_the_others_are_still_listed(
    copied: Path,
    caplog: pytest.LogCaptureFixture,
    edit: Callable[[dict[str, Any]], object],
    named: str,
) -> None:
    edited(copied, edit)
    with pytest.raises(Unusable, match=named):
        find_manifest(options(copied, "auto"), "cheetah_s")
    assert [row.name for row in list_packs(options(copied, "auto"))] == [
        "open", "core", "buffalo_s",
    ]  # fmt: skip
    caplog.clear()


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda it: it["tasks"]["recognition"].update(embedding_dimension=512), "128 numbers"),
        (lambda it: it["tasks"]["detection"].update(preprocessing="odd"), "det cannot be loaded"),
        (lambda it: it["tasks"]["person_detection"].update(input_size=[320, 320]), "person cannot"),
        (lambda it: it["tasks"]["person_reid"].update(preprocessing={"std": 0}), "reid cannot"),
    ],
)
def test_a_network_that_is_not_what_the_package_says_is_refused(
    copied: Path, edit: Callable[[dict[str, Any]], object], named: str
) -> None:
    edited(copied, edit)
    with pytest.raises(Unusable, match=named):
        Vision.load(choose(options(copied, "cheetah_s")), VisionOptions(mirrored_faces=False))


def test_a_package_that_is_not_there_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=rf"buffalo_l\.zip into {tmp_path}/buffalo_l"):
        choose(options(tmp_path, "buffalo_l"))


def test_the_library_is_not_loaded_for_other_packs() -> None:
    program = """
import sys
from pathlib import Path
from edge_agent.vision import PackOptions, Vision, choose
Vision.load(choose(PackOptions(folder=Path("/nonexistent"), pack="core", download=False)))
print("insightface" in sys.modules)
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50
    )
    assert answer.stdout.strip() == "False"
