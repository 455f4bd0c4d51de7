import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.vision.networks import Yolox, YuNet, input_shape, network_input, unit_rows
from edge_agent.vision.tasks import DetectorTask, Preprocessing, Task


def detector(decoder: str) -> DetectorTask:
    return DetectorTask.model_validate(
        {
            "name": "a",
            "licence": "none",
            "input_size": (32, 64),
            "decoder": decoder,
            "strides": (8, 16, 32),
            "score_threshold": 0.5,
            "iou_threshold": 0.5,
        }
    )


class Silent:
    def run(self, _values: Floats) -> list[Floats]:
        return []


CELLS = 32 + 8 + 2


def test_yolox_reads_centre_and_size_in_strides_and_scales_back() -> None:
    output = np.zeros((CELLS, 85), np.float32)
    cell = 32 + 5  # second level: row 1, column 1
    output[cell, :6] = [0.5, 0.25, np.log(2), np.log(3), 0.9, 0.8]
    bodies = Yolox(Silent(), detector("yolox")).decode(output, scale=0.5)
    np.testing.assert_allclose(bodies.score, [0.72], rtol=1e-5)
    centre, half = np.array([1.5, 1.25]) * 16 / 0.5, np.array([2, 3]) * 16 / 2 / 0.5
    np.testing.assert_allclose(bodies.xyxy[0], [*(centre - half), *(centre + half)], rtol=1e-5)


def test_doubtful_bodies_are_reported_to_whoever_asks_for_them() -> None:
    output = np.zeros((CELLS, 85), np.float32)
    output[5, 4:6] = [0.5, 0.6]
    output[9, 4:6] = [0.5, 0.1]
    yolox = Yolox(Silent(), detector("yolox"))
    assert len(yolox.decode(output, scale=1)) == 0
    np.testing.assert_allclose(yolox.decode(output, scale=1, least=0.2).score, [0.3], rtol=1e-5)


def test_yolox_leaves_out_what_is_more_likely_something_else() -> None:
    output = np.zeros((CELLS, 85), np.float32)
    output[3, 4:7] = [1.0, 0.6, 0.7]
    assert len(Yolox(Silent(), detector("yolox")).decode(output, scale=1)) == 0


def test_yunet_reads_box_and_points_and_takes_the_mean_of_both_scores() -> None:
    sizes = (32, 8, 2)
    outputs = [np.zeros((1, n, width), np.float32) for width in (1, 1, 4, 10) for n in sizes]
    outputs[1][0, 6] = 0.81  # class, second level, row 1, column 2
    outputs[4][0, 6] = 1.0
    outputs[7][0, 6] = [0.5, 0.5, np.log(2), np.log(4)]
    outputs[10][0, 6] = np.arange(10) / 10
    faces = YuNet(Silent(), detector("yunet")).decode(outputs, scale=2)
    np.testing.assert_allclose(faces.score, [0.9], rtol=1e-5)
    np.testing.assert_allclose(faces.xyxy[0], [12, -4, 28, 28], rtol=1e-5)
    points = (np.arange(10).reshape(5, 2) / 10 + [2, 1]) * 16 / 2
    np.testing.assert_allclose(faces.landmarks[0], points, rtol=1e-5)


def test_input_is_normalised_in_the_colour_order_and_layout_of_the_model() -> None:
    blue = np.zeros((2, 4, 3), np.uint8)
    blue[..., 0] = 100
    task = Task(
        name="a",
        licence="none",
        input_size=(2, 4),
        colour="rgb",
        preprocessing=Preprocessing(mean=(0, 0, 60), std=(1, 1, 2)),
    )
    values = network_input([blue], task)
    assert values.shape == input_shape(task) == (1, 3, 2, 4)
    assert values[0, :, 0, 0].tolist() == [0, 0, 20]
    last = task.model_copy(update={"layout": "NHWC", "colour": "bgr"})
    assert network_input([blue], last).shape == input_shape(last) == (1, 2, 4, 3)
    assert network_input([blue], last)[0, 0, 0].tolist() == [100, 0, -30]


def test_unit_rows_have_length_one_and_zero_stays_finite() -> None:
    rows = unit_rows(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(rows, np.array([[0.6, 0.8], [0, 0]], np.float32))
    assert rows.dtype == np.float32
