"""Classes of what is missed, sights found again, and parts of an evaluation that are kept."""

from pathlib import Path

import numpy as np

from edge_agent.domain.detection import Faces
from scripts.train.evaluate import part_of, stamp_of
from tests.benchmarks.faces_beside import Beside
from tests.benchmarks.failures import Share, darkened, shares, turn_of
from tests.benchmarks.nearest_bodies import Sights, found_again, stripes
from tests.benchmarks.report import Report
from tests.benchmarks.scoring import Judged

NOISE = np.random.default_rng(3).integers(0, 256, (60, 40, 3), dtype=np.uint8)


def test_classes_hold_their_lower_edge_and_empty_ones_are_left_out() -> None:
    counted = shares(
        np.array([0.0, 9.0, 10.0], np.float32), np.array([1, 0, 1], bool), (0, 10, 20, 30)
    )
    assert counted == [Share("0 to 10", 1, 2), Share("10 to 20", 1, 1)]


def test_darkness_is_darker_and_the_same_each_time() -> None:
    dark = darkened(NOISE, 0.25)
    assert abs(float(dark.mean()) - NOISE.mean() * 0.25) < 1
    assert np.array_equal(dark, darkened(NOISE, 0.25))
    assert darkened(NOISE, 1.0) is NOISE


def test_a_turned_head_has_its_nose_off_the_middle() -> None:
    points = np.array([[[10, 10], [30, 10], [20, 20], [12, 30], [28, 30]]], np.float32)
    box = np.array([[0, 0, 40, 40]], np.float32)
    score = np.ones(1, np.float32)
    assert turn_of(Faces(box, score, points)) == 0
    points[0, 2, 0] = 26
    assert abs(turn_of(Faces(box, score, points)) - 0.3) < 1e-6


def test_a_sight_is_not_found_by_its_neighbours_in_time() -> None:
    rows = np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1]], np.float32)
    sights = Sights(np.array([1, 1, 1, 2]), np.array([0, 5, 50, 50]), rows, rows)
    assert found_again(sights, rows).tolist() == [True, True, True]
    sights.person[2] = 2
    assert found_again(sights, rows).tolist() == []


def test_stripes_tell_clothes_apart_and_have_length_one() -> None:
    image = np.zeros((100, 80, 3), np.uint8)
    image[:, :40] = (0, 0, 200)
    image[:50, 40:] = (200, 0, 0)
    rows = stripes(image, np.array([[0, 0, 40, 100], [0, 0, 40, 60], [40, 0, 80, 100]], np.float32))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > 0.99
    assert rows[0] @ rows[2] < 0.5


def test_recall_is_read_where_precision_is_reached() -> None:
    judged = Judged(np.array([0.9, 0.8, 0.7], np.float32), np.array([1, 0, 1], bool), 4)
    beside = Beside([judged], np.ones(4, np.float32), np.array([1, 0, 1, 0], bool))
    assert beside.recall_at(1.0) == 0.25
    assert beside.recall_at(0.6) == 0.5


def test_a_part_is_kept_until_the_networks_change(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "net.onnx").write_bytes(b"one")
    before = stamp_of(tmp_path)
    made = []

    def work(report: Report) -> None:
        made.append(1)
        report.target("figure", 0.5, "", ">= 0.4")

    kept = tmp_path / "part.json"
    first = part_of(kept, before, work)
    assert part_of(kept, before, work) == first
    assert len(made) == 1
    (tmp_path / "net.onnx").write_bytes(b"two")
    part_of(kept, stamp_of(tmp_path), work)
    assert len(made) == 2
