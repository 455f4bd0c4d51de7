"""Pseudo-labels: what the teachers see, in one file per source."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from scripts.train import labels
from scripts.train.geometry import MARGIN_SIDE, TEACHER_TEMPLATE, in_margin
from scripts.train.pack import Pack, encoded, read_packs
from scripts.train.teachers import Boxes
from tests.integration.train.builders import noise


def raw(count: int) -> Pack:
    return Pack(
        pictures=[encoded(noise(60, 60, seed=number), 80) for number in range(count)],
        names=[f"shop/{number}.jpg" for number in range(count)],
    )


def test_labels_are_counted_with_the_pictures_that_stay() -> None:
    body, face = np.full((2, 5), 7, np.float32), np.full((1, 15), 8, np.float32)
    nobody = np.empty((0, 5), np.float32), np.empty((0, 15), np.float32)
    seen = [(body, face), None, nobody, (body[:1], face)]

    def ask(_look: object, pictures: Iterable[bytes]) -> Iterable[Any]:
        assert len(list(pictures)) == 4
        return seen

    pack = labels._scenes(raw(4), ask, "shop", turned=True)
    assert pack.names == ["shop/0.jpg", "shop/2.jpg", "shop/3.jpg"]
    assert pack.bodies[:, 0].tolist() == [0, 0, 2]
    assert pack.faces[:, 0].tolist() == [0, 2]
    assert (pack.bodies[:, 1:] == 7).all()


def test_a_portrait_without_a_face_is_not_kept() -> None:
    stored = encoded(noise(MARGIN_SIDE, MARGIN_SIDE), 80), np.arange(15, dtype=np.float32)
    pack = labels._faces(raw(3), lambda *_: [None, stored, None], "shop", turned=False)
    assert pack.names == ["shop/1.jpg"]
    np.testing.assert_array_equal(pack.faces, [[0, *range(15)]])
    assert len(labels._faces(Pack(), lambda *_: [], "none", turned=False)) == 0


@pytest.fixture(scope="module")
def teachers(mirror: Path) -> Boxes:
    return Boxes(mirror)


@pytest.mark.models
def test_teachers_see_who_stands_in_a_photograph(teachers: Boxes, group: Image) -> None:
    bodies, faces = teachers.bodies(group), teachers.faces(group)
    assert (bodies[:, 4] > 0.4).sum() >= 4
    assert (faces[:, 4] > 0.7).sum() == 6
    assert (faces[:, 5::2] > faces[:, :1]).all()
    assert (faces[:, 5::2] < faces[:, 2:3]).all()
    empty = np.full((300, 400, 3), 120, np.uint8)
    assert teachers.bodies(empty).shape == (0, 5)
    assert teachers.faces(empty).shape == (0, 15)


@pytest.mark.models
def test_the_step_labels_scenes_and_aligns_portraits_once(
    mirror: Path, group: Image, tmp_path: Path
) -> None:
    scene = np.asarray(cv2.resize(group, (416, round(416 * group.shape[0] / group.shape[1]))))
    for kind, pictures in (("scenes", [scene, noise(96, 96)]), ("portraits", [group])):
        folder = tmp_path / "raw" / kind
        folder.mkdir(parents=True)
        names = [f"shop/{number}.jpg" for number in range(len(pictures))]
        Pack([encoded(np.asarray(one, np.uint8), 90) for one in pictures], names).save(
            folder / "shop.npz"
        )
    given = [str(tmp_path), "--models", str(mirror), "--processes", "1"]
    labels.main(given)

    scenes = read_packs([tmp_path / "scenes" / "shop.npz"])
    assert len(scenes) == 2
    assert set(scenes.bodies[scenes.bodies[:, 5] > 0.4][:, 0]) == {0}
    portraits = read_packs([tmp_path / "faces" / "shop.npz"])
    assert portraits.picture(0).shape == (MARGIN_SIDE, MARGIN_SIDE, 3)
    away = portraits.faces[0, 6:].reshape(5, 2) - in_margin(TEACHER_TEMPLATE)
    assert np.abs(away).max() < 10

    written = (tmp_path / "scenes" / "shop.npz").stat().st_mtime_ns
    labels.main(given)
    assert (tmp_path / "scenes" / "shop.npz").stat().st_mtime_ns == written
