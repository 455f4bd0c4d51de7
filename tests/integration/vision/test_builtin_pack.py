import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.vision import Vision


def carried(package: str, *path: str) -> Image:
    """A photograph that an installed package carries."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    image = cv2.imread(str(Path(spec.origin).parent.joinpath(*path)))
    assert image is not None
    return np.asarray(image, np.uint8)


def copied(image: Image, scale: float = 0.7, quality: int = 60) -> Image:
    """The photograph as somebody would pass it on: smaller and compressed again."""
    small = cv2.resize(image, None, fx=scale, fy=scale)
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def test_it_says_that_it_is_a_stopgap(builtin_vision: Vision) -> None:
    assert builtin_vision.info.stopgap
    assert builtin_vision.info.name == "builtin"


def test_every_face_of_a_group_comes_first_in_a_copy_of_the_photograph(
    builtin_vision: Vision,
) -> None:
    group = carried("insightface", "data", "images", "t1.jpg")
    people = builtin_vision.detect_query(group).faces
    assert len(people) >= 5
    known = builtin_vision.embed_faces(group, people.landmarks)
    again = builtin_vision.detect_query(copied(group)).faces
    asked = builtin_vision.embed_faces(copied(group), again.landmarks)
    best = (asked @ known.T).argmax(axis=1)
    apart = np.abs(again.xyxy / 0.7 - people.xyxy[best]).max(axis=1)
    width = people.xyxy[best, 2] - people.xyxy[best, 0]
    assert (apart < width / 2).mean() >= 0.8
    assert (asked @ known.T).max() > builtin_vision.info.face_threshold


@pytest.mark.testdata
def test_a_copied_photograph_comes_first_among_eight(
    builtin_vision: Vision, labelled: Path
) -> None:
    rows = (labelled / "lfw" / "watchlist_1n.txt").read_text().splitlines()
    names = [row.split()[1] for row in rows if row.startswith("impostor")][:40]
    pictures = [cv2.imread(str(labelled / "lfw" / "images" / name)) for name in names]
    known, asked = [], []
    for picture in pictures:
        image = np.asarray(picture, np.uint8)
        face, copy = builtin_vision.detect(image).faces, copied(image)
        again = builtin_vision.detect_query(copy).faces
        if len(face) and len(again):
            known.append(builtin_vision.embed_faces(image, face.landmarks[:1])[0])
            asked.append(builtin_vision.embed_faces(copy, again.landmarks[:1])[0])
    assert len(known) >= 38
    first = []
    for start in range(0, len(known) - 8, 4):
        group = np.stack(asked[start : start + 8]) @ np.stack(known[start : start + 8]).T
        first.append(group.argmax(axis=1) == np.arange(8))
    assert np.mean(first) >= 0.97


def test_vectors_have_the_stated_length_and_none_of_nobody(builtin_vision: Vision) -> None:
    image = carried("insightface", "data", "images", "t1.jpg")
    boxes = np.array([[100, 100, 200, 400], [-50, -50, 5, 5]], np.float32)
    vectors = builtin_vision.embed_bodies(image, boxes)
    assert vectors.shape == (2, builtin_vision.info.body_dim)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    nobody = np.empty((0, 5, 2), np.float32)
    assert builtin_vision.embed_faces(image, nobody).shape == (0, builtin_vision.info.face_dim)


@pytest.mark.parametrize("shape", [(1, 1, 3), (480, 2, 3), (2, 4000, 3), (480, 640, 3)])
def test_an_empty_picture_shows_nobody(builtin_vision: Vision, shape: tuple[int, int, int]) -> None:
    seen = builtin_vision.detect(np.zeros(shape, np.uint8))
    assert len(seen.faces) == 0
    assert len(seen.bodies) == 0


def test_what_is_no_picture_is_a_mistake_of_the_caller(builtin_vision: Vision) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        builtin_vision.detect(np.zeros((10, 10), np.uint8))
