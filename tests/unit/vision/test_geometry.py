import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.vision.geometry import (
    aligned,
    areas,
    best_apart,
    cell_grid,
    cut,
    intersections,
    letterbox,
    similarity_transforms,
)

TEMPLATE = np.array([[38, 51], [73, 51], [56, 71], [41, 92], [70, 92]], np.float32)


@given(
    angle=st.floats(-3, 3),
    scale=st.floats(0.1, 10),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
)
def test_similarity_undoes_any_turn_scale_and_shift(
    angle: float, scale: float, x: float, y: float
) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    seen = (TEMPLATE @ turn.T + [x, y]).astype(np.float32)
    matrix = similarity_transforms(seen[None], TEMPLATE)[0]
    back = seen @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(back, TEMPLATE, atol=0.05)


def test_similarity_never_mirrors() -> None:
    mirrored = TEMPLATE * [-1, 1] + [112, 0]
    matrix = similarity_transforms(mirrored[None].astype(np.float32), TEMPLATE)[0]
    assert np.linalg.det(matrix[:, :2]) > 0


def test_landmarks_in_one_point_give_finite_numbers() -> None:
    assert np.isfinite(similarity_transforms(np.zeros((1, 5, 2), np.float32), TEMPLATE)).all()


def test_aligned_crops_a_face_that_lies_on_the_template_as_it_is() -> None:
    image = np.random.default_rng(1).integers(0, 256, (112, 112, 3), np.uint8)
    (crop,) = aligned(image, TEMPLATE[None], TEMPLATE, 112, 112)
    assert np.abs(crop.astype(int) - image).max() <= 1


@given(width=st.integers(1, 300), height=st.integers(1, 300))
def test_letterbox_keeps_proportions_and_fills_one_side(width: int, height: int) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    canvas, scale = letterbox(image, np.empty((32, 64, 3), np.uint8), 7)
    assert canvas.shape == (32, 64, 3)
    assert scale == pytest.approx(min(64 / width, 32 / height))
    filled = (canvas != 7).all(axis=2)
    across, down = filled.any(axis=0).sum(), filled.any(axis=1).sum()
    assert across == 64 or down == 32
    assert abs(across - width * scale) <= 1
    assert abs(down - height * scale) <= 1


@given(st.lists(st.tuples(*[st.floats(0, 100)] * 4, st.floats(0.1, 1)), max_size=12))
def test_boxes_that_stay_do_not_overlap_and_hold_the_best(
    rows: list[tuple[float, float, float, float, float]],
) -> None:
    xyxy = np.array([[x, y, x + w + 1, y + h + 1] for x, y, w, h, _ in rows], np.float32)
    xyxy = xyxy.reshape(-1, 4)
    score = np.array([row[4] for row in rows], np.float32)
    kept = best_apart(xyxy, score, 0.4)
    if len(rows):
        assert score[kept[0]] == score.max()
    assert list(score[kept]) == sorted(score[kept], reverse=True)
    shared = intersections(xyxy[kept], xyxy[kept])
    area = areas(xyxy[kept])
    iou = shared / (area[:, None] + area[None] - shared)
    np.fill_diagonal(iou, 0)
    assert (iou <= 0.4 + 1e-3).all()


def test_cells_run_row_by_row_and_level_by_level() -> None:
    grid, stride = cell_grid(32, 16, (8, 16))
    assert grid.tolist()[:5] == [[0, 0], [1, 0], [2, 0], [3, 0], [0, 1]]
    assert stride[:, 0].tolist() == [8] * 8 + [16] * 2


@given(st.tuples(*[st.floats(-50, 150)] * 4))
def test_a_cut_is_never_empty(box: tuple[float, float, float, float]) -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    assert cut(image, np.array(box, np.float32)).size > 0
