"""Training pictures of the detector: what is drawn is where the labels say."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install --group train)")

from scripts.train import canvases  # noqa: E402
from scripts.train.detector import assign, boxes_of, cells, head_loss  # noqa: E402
from scripts.train.pack import Pack, encoded  # noqa: E402

SIDE = 416
BOX = (60.0, 50.0, 140.0, 250.0)
FACE = (260.0, 60.0, 360.0, 160.0)
POINTS = ((285, 90), (335, 90), (310, 115), (290, 140), (330, 140))


def labelled() -> Pack:
    """A dark wall, a bright body and a grey face whose five points are bright."""
    image = np.full((300, 416, 3), 30, np.uint8)
    cv2.rectangle(image, (60, 50), (140, 250), (230, 230, 230), -1)
    cv2.rectangle(image, (260, 60), (360, 160), (110, 110, 110), -1)
    for point in POINTS:
        cv2.circle(image, point, 6, (255, 255, 255), -1)
    points = np.array(POINTS, np.float32).ravel() + 0.5
    return Pack(
        pictures=[encoded(image, 95)],
        names=["shop/1.jpg"],
        bodies=np.array([[0, *BOX, 0.9]], np.float32),
        faces=np.array([[0, *FACE, 0.9, *points]], np.float32),
    )


@pytest.fixture(params=range(3))
def drawn(request: pytest.FixtureRequest) -> Iterator[canvases.Canvases]:
    torch.manual_seed(request.param)
    scenes = canvases.load_scenes(labelled(), SIDE, 4, torch.device("cpu"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canvases, "disturbed", lambda pictures: pictures)
        yield canvases.canvases(scenes, 12, SIDE)


def test_bodies_are_where_their_boxes_say(drawn: canvases.Canvases) -> None:
    seen = 0
    for picture, rows in zip(drawn.pictures, drawn.bodies, strict=True):
        for left, top, right, bottom, score in rows.tolist():
            if score <= 0 or min(right - left, bottom - top) < 12:
                continue
            inner = picture[:, int(top) + 4 : int(bottom) - 3, int(left) + 4 : int(right) - 3]
            assert float(inner.median()) > 190
            seen += 1
    assert seen >= 6


def test_points_stay_on_their_face_and_in_their_order(drawn: canvases.Canvases) -> None:
    seen = 0
    for picture, rows in zip(drawn.pictures, drawn.faces, strict=True):
        for row in rows:
            if float(row[4]) <= 0 or float((row[2:4] - row[:2]).min()) < 50:
                continue
            points = row[5:].reshape(5, 2)
            assert float(points[0, 0]) < float(points[1, 0])
            assert float(points[3, 0]) < float(points[4, 0])
            inside = ((points > 1) & (points < SIDE - 1)).all(1)
            inside &= ((points > row[:2]) & (points < row[2:4])).all(1)
            for x, y in points[inside].int().tolist():
                assert float(picture[:, y, x].mean()) > 170
                seen += 1
    assert seen >= 5


def test_boxes_end_where_their_scene_does(drawn: canvases.Canvases) -> None:
    for rows in (drawn.bodies, drawn.faces):
        there = rows[rows[..., 4] != 0]
        assert float(there[:, :4].min()) >= 0
        assert float(there[:, :4].max()) <= SIDE


def test_what_the_teacher_doubts_is_marked_as_left_out() -> None:
    pack = labelled()
    pack.bodies[:, 5] = 0.2
    torch.manual_seed(0)
    scenes = canvases.load_scenes(pack, SIDE, 4, torch.device("cpu"))
    assert float(canvases.canvases(scenes, 8, SIDE).bodies[..., 4].max()) <= 0


def test_light_and_noise_leave_pictures_in_their_range() -> None:
    torch.manual_seed(0)
    changed = canvases.disturbed(torch.rand(16, 3, 32, 32) * 255)
    assert changed.shape == (16, 3, 32, 32)
    assert float(changed.min()) >= 0
    assert float(changed.max()) <= 255


def test_cells_in_a_box_or_beside_its_centre_answer_for_it_and_doubtful_ones_are_left_out() -> None:
    middles, steps = cells(64, torch.device("cpu"))
    rows = torch.tensor([[[8.0, 8, 40, 56, 0.9], [44.0, 4, 62, 60, -0.3], [0, 0, 0, 0, 0]]])
    output = torch.zeros(1, len(middles), 5)
    given = assign(output[..., 0].sigmoid(), boxes_of(output, middles, steps), rows, middles, steps)
    answering = middles[given.answers[0]]
    assert 1 <= len(answering) <= 9
    inside = ((answering > rows[0, 0, :2]) & (answering < rows[0, 0, 2:4])).all(1)
    beside = ((answering - torch.tensor([24.0, 32])).abs() < steps[given.answers[0]]).all(1)
    assert bool((inside | beside).all())
    out = middles[given.left_out[0]]
    assert bool((out[:, 0] > 44).all())
    assert len(out) > 0
    assert float(given.target[~given.answers].abs().max()) == 0


def test_a_head_that_is_right_costs_less_than_one_that_is_not() -> None:
    middles, steps = cells(64, torch.device("cpu"))
    true = torch.tensor([[[8.0, 8, 40, 56, 0.9]]])
    centre, size = (true[..., :2] + true[..., 2:4]) / 2, true[..., 2:4] - true[..., :2]
    right = torch.cat(
        [torch.full((1, len(middles), 1), -6.0), (centre - middles) / steps, (size / steps).log()],
        -1,
    )
    inside = ((middles > true[0, 0, :2]) & (middles < true[0, 0, 2:4])).all(1)
    right[0, inside, 0] = 4.0
    losses = [sum(map(float, head_loss(one, true, middles, steps))) for one in (right, right * 0)]
    assert losses[0] < losses[1]
