import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Bodies, Floats, Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision import InstalledPack, Vision, VisionFailed, VisionOptions
from edge_agent.vision.geometry import areas, intersections
from edge_agent.vision.sessions import OnnxModel

pytestmark = pytest.mark.models

HER_LEFT_EDGES = {
    "c1s1_001051": [1219], "c1s1_002301": [845], "c1s1_002326": [778], "c1s1_002351": [693],
    "c1s1_002376": [601], "c1s1_002401": [481], "c1s1_009376": [1752], "c1s1_009476": [1372],
    "c1s1_009526": [1513, 1531], "c1s1_014601": [1776], "c1s1_014776": [1423],
    "c1s1_014901": [1087], "c3s1_000501": [982], "c3s1_000551": [1151], "c3s1_001626": [1626],
}  # fmt: skip
"""Where she stands in each frame, told by eye: left edges of her boxes in pixels."""


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)


@pytest.mark.testdata
def test_a_face_is_found_in_99_of_100_portraits(open_vision: Vision, labelled: Path) -> None:
    paths = sorted((labelled / "lfw" / "images").glob("*/*.jpg"))[::10][:100]
    assert len(paths) == 100
    found = sum(len(open_vision.detect(read(path)).faces) > 0 for path in paths)
    assert found >= 99


def lfw_pairs(labelled: Path, step: int) -> Iterator[tuple[Path, Path, bool]]:
    images = labelled / "lfw" / "images"
    for line in (labelled / "lfw" / "pairs_fold1.txt").read_text().splitlines()[::step]:
        one, first, *rest = line.split()
        other, second = (one, rest[0]) if len(rest) == 1 else (rest[0], rest[1])
        paths = [
            images / name / f"{name}_{int(number):04d}.jpg"
            for name, number in ((one, first), (other, second))
        ]
        yield paths[0], paths[1], len(rest) == 1


def middle_face(vision: Vision, path: Path) -> Floats:
    image = read(path)
    faces = vision.detect(image).faces
    centre = (faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2
    row = int(np.abs(centre - 125).sum(axis=1).argmin())
    vectors = vision.embed_faces(image, faces.landmarks[row : row + 1])
    return np.asarray(vectors[0], np.float32)


@pytest.mark.testdata
@pytest.mark.timeout(180)
def test_faces_of_one_person_reach_the_threshold_and_strangers_do_not(
    open_vision: Vision, labelled: Path
) -> None:
    pairs = list(lfw_pairs(labelled, step=5))
    score = np.array(
        [middle_face(open_vision, a) @ middle_face(open_vision, b) for a, b, _ in pairs]
    )
    same = np.array([row[2] for row in pairs])
    reached = score >= open_vision.info.face_threshold
    assert len(pairs) == 120
    assert (reached == same).mean() >= 0.97
    assert reached[~same].sum() == 0
    told = score >= open_vision.info.face_pair_threshold
    assert (told == same).mean() >= 0.98
    best = max(((score >= cut) == same).mean() for cut in np.linspace(0, 1, 201))
    assert best >= 0.98


@pytest.mark.testdata
def test_most_large_people_are_found(open_vision: Vision, labelled: Path) -> None:
    folder = labelled / "coco_mini"
    found, large, false = 0, 0, 0
    for path, boxes in coco_people(folder, "tinycoco", "tinycoco_instances_val2017.json"):
        bodies = open_vision.detect(read(path)).bodies
        area = areas(boxes)
        shared = intersections(boxes, bodies.xyxy)
        iou = shared / (area[:, None] + areas(bodies.xyxy)[None] - shared)
        high = boxes[:, 3] - boxes[:, 1] >= 64
        found += int((iou[high].max(axis=1, initial=0) >= 0.5).sum())
        large += int(high.sum())
        false += int((iou.max(axis=0, initial=0) < 0.3).sum())
    assert large >= 5
    assert found >= 0.8 * large
    assert false <= 0.3 * large


def coco_people(folder: Path, images: str, labels: str) -> Iterator[tuple[Path, Floats]]:
    document = json.loads((folder / labels).read_text())
    person = next(row["id"] for row in document["categories"] if row["name"] == "person")
    for image in document["images"]:
        rows = [
            [x, y, x + w, y + h]
            for row in document["annotations"]
            if row["image_id"] == image["id"] and row["category_id"] == person
            for x, y, w, h in [row["bbox"]]
        ]
        yield folder / images / image["file_name"], np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.testdata
@pytest.mark.parametrize("query", ["0001_c1s1_001051_00.jpg", "0001_c6s1_009601_00.jpg"])
def test_a_body_crop_of_one_camera_finds_her_on_others(
    open_vision: Vision, labelled: Path, query: str
) -> None:
    folder = labelled / "market_frames"
    crop = read(folder / "query" / query)
    asked = open_vision.detect_query(crop).bodies
    assert len(asked) == 1
    vector = open_vision.embed_bodies(crop, asked.xyxy)[0]
    scores: list[float] = []
    hers: list[bool] = []
    for path in sorted((folder / "frames").glob("*.jpg")):
        image = read(path)
        bodies = open_vision.detect(image).bodies
        scores += list(open_vision.embed_bodies(image, bodies.xyxy) @ vector)
        edges = np.array(HER_LEFT_EDGES.get(path.stem, []))
        hers += [bool((np.abs(edges - box[0]) < 12).any()) for box in bodies.xyxy]
    right = np.array(hers)[np.argsort(scores)[::-1]]
    precision = (np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean()
    assert right.sum() >= 15
    assert precision >= 0.9
    reached = np.array(scores) >= open_vision.info.body_threshold
    assert reached[np.array(hers)].mean() >= 0.9
    assert reached[~np.array(hers)].sum() == 0


@pytest.mark.testdata
def test_head_and_shoulders_are_no_body_to_ask_with(open_vision: Vision, labelled: Path) -> None:
    paths = sorted((labelled / "lfw" / "images").glob("*/*.jpg"))[::10]
    asked = [open_vision.detect_query(read(path)) for path in paths]
    assert all(len(seen.faces) for seen in asked)
    assert sum(len(seen.bodies) for seen in asked) <= 0.05 * len(paths)


def test_bodies_that_show_too_little_have_no_quality(open_vision: Vision) -> None:
    image = np.random.default_rng(2).integers(0, 256, (300, 200, 3), np.uint8)
    boxes = [[10, 10, 110, 120], [0, 20, 60, 250], [140, 20, 200, 250], [50, 20, 130, 250]]
    bodies = Bodies(np.array([*boxes, [0, 0, 200, 350]], np.float32), np.ones(5, np.float32))
    assert open_vision.comparable(image, bodies).tolist() == [False, False, False, True, True]
    assert (open_vision.body_quality(image, bodies) > 0).tolist() == [
        False, False, False, True, True,
    ]  # fmt: skip


@pytest.mark.testdata
def test_a_frame_and_its_half_show_the_same_people(open_vision: Vision, labelled: Path) -> None:
    frame = read(labelled / "market_frames" / "frames" / "c1s1_001051.jpg")
    full = open_vision.detect(frame).bodies
    half = open_vision.detect(np.asarray(cv2.resize(frame, None, fx=0.5, fy=0.5), np.uint8)).bodies
    assert len(full) == len(half) > 0
    np.testing.assert_allclose(full.xyxy, half.xyxy * 2, atol=40)


def test_vectors_are_stamped_and_of_length_one(open_vision: Vision) -> None:
    info = open_vision.info
    assert info.face_model == "open/face-reidentification-retail-0095@822c5d42"
    assert info.body_model == "open/person-reidentification-retail-0248@43891ce6"
    image = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)
    boxes = np.array([[10, 10, 100, 250], [150, 100, 260, 400]], np.float32)
    landmarks = np.array([[[80, 80], [120, 80], [100, 100], [85, 120], [115, 120]]], np.float32)
    for vectors, size in (
        (open_vision.embed_bodies(image, boxes), info.body_dim),
        (open_vision.embed_faces(image, landmarks), info.face_dim),
    ):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == size
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_a_model_that_fails_is_an_error_and_never_an_empty_answer(
    open_pack: InstalledPack,
) -> None:
    task = open_pack.manifest.tasks.person_reid
    weights = (open_pack.folder / str(task.file)).read_bytes()
    model = OnnxModel("reid", weights, (1, 256, 128, 3), threads=1, memory_mib=512)
    with pytest.raises(VisionFailed, match="reid failed"):
        model.run(np.zeros((1, 128, 256, 3), np.float32))
    with pytest.raises(VisionFailed, match="no numbers"):
        model.run(np.full((1, 256, 128, 3), np.nan, np.float32))


def test_weights_of_another_shape_are_unusable(open_pack: InstalledPack) -> None:
    task = open_pack.manifest.tasks.person_reid
    weights = (open_pack.folder / str(task.file)).read_bytes()
    with pytest.raises(Unusable, match="the manifest says"):
        OnnxModel("reid", weights, (1, 3, 256, 128), threads=1, memory_mib=512)
    with pytest.raises(Unusable, match="cannot be loaded"):
        OnnxModel("reid", weights[:1000], (1, 256, 128, 3), threads=1, memory_mib=512)


def test_a_damaged_weight_file_is_unusable(open_pack: InstalledPack, tmp_path: Path) -> None:
    for task in open_pack.manifest.files:
        data = (open_pack.folder / str(task.weights)).read_bytes()
        (tmp_path / str(task.weights)).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(Unusable, match="wrong sha256"):
        Vision.load(InstalledPack(open_pack.manifest, tmp_path))


@pytest.mark.parametrize("size", [(650, 384), (0, 0)])
def test_an_input_that_does_not_fit_the_strides_is_unusable(
    open_pack: InstalledPack, size: tuple[int, int]
) -> None:
    with pytest.raises(Unusable, match="multiples of 32"):
        Vision.load(open_pack, VisionOptions(face_input=size))


def test_working_memory_has_a_ceiling(open_pack: InstalledPack) -> None:
    # In a process of its own: the ceiling holds for a whole process.
    program = f"""
from pathlib import Path
from edge_agent.domain.errors import Unusable
from edge_agent.vision import InstalledPack, Vision, VisionOptions
from edge_agent.vision.manifest import read_manifest
folder = Path({str(open_pack.folder)!r})
try:
    Vision.load(InstalledPack(read_manifest(folder / "manifest.json"), folder),
                VisionOptions(memory_mib=4))
except Unusable as error:
    print(error)
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50
    )
    assert "Available memory" in answer.stdout
