"""The pack of our own weights, which a checkout carries: nothing has to be had from anywhere."""

import importlib.util
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Faces, Floats, Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision import InstalledPack, PackOptions, Vision, VisionOptions, choose, verify
from edge_agent.vision.assembly import NetworkOptions, assemble


def picture(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)


def carried_group() -> Image:
    """A photograph of six people that the package insightface carries."""
    spec = importlib.util.find_spec("insightface")
    assert spec is not None
    assert spec.origin is not None
    return picture(Path(spec.origin).parent / "data" / "images" / "t1.jpg")


def drawn() -> Image:
    """Nobody: a wall, a table and a lamp."""
    image = np.full((480, 640, 3), (180, 190, 200), np.uint8)
    cv2.rectangle(image, (60, 300), (420, 340), (40, 70, 110), -1)
    cv2.rectangle(image, (80, 340), (100, 470), (40, 70, 110), -1)
    cv2.ellipse(image, (500, 120), (60, 30), 0, 0, 360, (90, 220, 250), -1)
    return image


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> PackOptions:
    return PackOptions(folder=tmp_path_factory.mktemp("models"), pack="core", download=False)


@pytest.fixture(scope="module")
def pack(options: PackOptions) -> InstalledPack:
    return choose(options)


@pytest.fixture(scope="module")
def vision(pack: InstalledPack) -> Vision:
    return Vision.load(pack)


def test_it_is_installed_from_the_checkout_without_a_mirror_or_a_network(
    pack: InstalledPack, options: PackOptions
) -> None:
    assert [row.file for row in verify(options, "core")] == [
        "core_people.onnx", "core_landmarks.onnx", "core_faces.onnx", "core_bodies.onnx",
    ]  # fmt: skip
    assert all(row.problem is None for row in verify(options, "core"))
    assert sum(task.bytes or 0 for task in pack.manifest.files) <= 8_000_000


def test_it_says_what_rights_are_unsettled(vision: Vision) -> None:
    assert "research" in vision.info.notes[0]


def test_one_run_finds_the_faces_and_bodies_that_either_question_finds(vision: Vision) -> None:
    group = carried_group()
    seen = vision.detect(group)
    assert len(seen.faces) >= 5
    assert len(seen.bodies) >= 4
    np.testing.assert_array_equal(seen.faces.landmarks, vision._parts.faces.detect(group).landmarks)
    np.testing.assert_array_equal(seen.bodies.xyxy, vision._parts.bodies.detect(group).xyxy)


def eyes_mouth(faces: Faces) -> tuple[Floats, Floats]:
    return faces.landmarks[:, :2].mean(axis=1), faces.landmarks[:, 3:].mean(axis=1)


def test_the_points_lie_in_their_face_in_their_order(vision: Vision) -> None:
    faces = vision.detect(carried_group()).faces
    low, high = faces.xyxy[:, None, :2], faces.xyxy[:, None, 2:]
    assert ((faces.landmarks > low) & (faces.landmarks < high)).all()
    eyes, mouth = eyes_mouth(faces)
    assert (eyes[:, 1] < faces.landmarks[:, 2, 1]).all()
    assert (faces.landmarks[:, 2, 1] < mouth[:, 1]).all()
    assert (faces.landmarks[:, 0, 0] < faces.landmarks[:, 1, 0]).all()


def test_a_larger_picture_gives_the_same_faces(vision: Vision) -> None:
    group = carried_group()
    large = np.asarray(cv2.resize(group, None, fx=2, fy=2), np.uint8)
    ours, theirs = vision.detect(group).faces, vision.detect(large).faces
    vectors = vision.embed_faces(group, ours.landmarks)
    again = vision.embed_faces(large, theirs.landmarks)
    best = (vectors @ again.T).argmax(axis=1)
    apart = np.abs(theirs.landmarks[best] / 2 - ours.landmarks).max(axis=(1, 2))
    assert (apart < 0.1 * (ours.xyxy[:, 2] - ours.xyxy[:, 0])).all()
    assert ((vectors @ again.T).max(axis=1) > vision.info.face_threshold).all()


def test_nobody_is_seen_where_nobody_is(vision: Vision) -> None:
    seen = vision.detect(drawn())
    assert not len(seen.faces)
    assert not len(seen.bodies)
    assert vision.embed_faces(drawn(), seen.faces.landmarks).shape == (0, 256)
    assert vision.embed_bodies(drawn(), seen.bodies.xyxy).shape == (0, 256)


@pytest.mark.parametrize("shape", [(360, 640), (480, 640), (720, 1280), (1280, 720)])
@pytest.mark.parametrize("level", [0, 30, 250])
def test_a_covered_lens_shows_nobody(vision: Vision, shape: tuple[int, int], level: int) -> None:
    noise = np.random.default_rng(1).normal(level, 3, (*shape, 3))
    for image in (np.full((*shape, 3), level, np.uint8), noise.clip(0, 255).astype(np.uint8)):
        assert not len(vision.detect(image).bodies)
        assert not len(vision.detect(image).faces)


def test_people_fill_large_pictures_and_are_the_things_that_it_knows(vision: Vision) -> None:
    group = carried_group()
    seen = vision.detect(group)
    largest = seen.bodies.xyxy[(seen.bodies.xyxy[:, 3] - seen.bodies.xyxy[:, 1]).argmax()]
    left, top, right, bottom = largest.clip(0).astype(int)
    assert len(vision.detect(group[top:bottom, left:right]).bodies) >= 1
    look = vision.look_at_picture(group)
    assert len(look.things.kind) >= 4
    assert set(look.things.kind.tolist()) == {0}
    assert look.things.xyxy.min() >= 0


def test_pictures_of_anything_stay_near_their_copies(vision: Vision) -> None:
    group = carried_group()
    look = vision.look_at_picture(group).vector
    small = np.asarray(cv2.resize(group, None, fx=0.5, fy=0.5), np.uint8)
    darker = np.asarray(cv2.convertScaleAbs(group, alpha=0.6), np.uint8)
    floor = vision.info.picture_floors[vision.info.picture_model]
    assert look @ vision.look_at_picture(drawn()).vector < floor
    for copy in (small, darker):
        assert look @ vision.look_at_picture(copy).vector > (1 + floor) / 2


def test_two_files_for_one_pass_are_refused(pack: InstalledPack) -> None:
    tasks = pack.manifest.tasks
    other = tasks.person_detection.model_copy(update={"file": "core_bodies.onnx"})
    changed = pack.manifest.model_copy(
        update={"tasks": tasks.model_copy(update={"person_detection": other})}
    )
    plain = VisionOptions()
    networks = NetworkOptions(
        threads=1, memory_mib=512, providers=plain.providers, face_input=None,
        query_face_input=plain.query_face_input, mirrored_faces=False, gender=False,
    )  # fmt: skip
    with pytest.raises(Unusable, match="with the same file"):
        assemble(InstalledPack(changed, pack.folder), networks)


@pytest.mark.testdata
def test_people_are_told_apart_in_portraits(vision: Vision) -> None:
    folder = os.environ.get("EDGE_AGENT_TESTDATA")
    if not folder:
        pytest.skip("EDGE_AGENT_TESTDATA is not set: no labelled pictures")
    images = Path(folder) / "labelled" / "lfw" / "images"
    right, count = 0, 0
    lines = (images.parent / "pairs_fold1.txt").read_text().splitlines()[::6]
    for line in lines:
        one, first, *rest = line.split()
        other, second = (one, rest[0]) if len(rest) == 1 else (rest[0], rest[1])
        pair = []
        for name, number in ((one, first), (other, second)):
            image = picture(images / name / f"{name}_{int(number):04d}.jpg")
            faces = vision.detect(image).faces
            assert len(faces), (name, number)
            centre = (faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2
            row = int(np.abs(centre - 125).sum(axis=1).argmin())
            pair.append(vision.embed_faces(image, faces.landmarks[row : row + 1])[0])
        alike = float(pair[0] @ pair[1]) >= vision.info.face_pair_threshold
        right += alike == (len(rest) == 1)
        count += 1
    assert right / count >= 0.9
