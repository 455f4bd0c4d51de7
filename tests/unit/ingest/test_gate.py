import av
import numpy as np
import pytest

from edge_agent.domain.mask import Mask
from edge_agent.ingest.gate import MotionGate, luma_cells, seen_cells
from edge_agent.ingest.source import GateOptions
from tests.support.rtsp import numbered_frame

QUIET = np.full((90, 160), 100, np.float32)


def moving(step: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    cells = QUIET.copy()
    cells[20:40, step % 150 : step % 150 + 8] = 200
    return cells


@pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "nv12", "gray", "yuv444p", "bgr24"])
def test_cells_follow_the_picture_whatever_the_decoder_gives(form: str) -> None:
    image = np.zeros((360, 642, 3), np.uint8)
    image[:, 320:] = 255
    frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format=form)

    cells = luma_cells(frame)

    assert cells.shape == (90, 128)
    assert cells.dtype == np.float32
    assert cells[:, :60].max() < 20
    assert cells[:, 70:].min() > 230


def test_cells_of_ten_bits_have_the_range_of_eight() -> None:
    frame = av.VideoFrame.from_ndarray(np.full((90, 160, 3), 128, np.uint8), format="bgr24")
    eight = luma_cells(frame.reformat(format="yuv420p"))
    ten = luma_cells(frame.reformat(format="yuv420p10le"))
    assert np.abs(eight - ten).max() <= 1


@pytest.mark.parametrize("size", [(16, 16), (641, 359), (3840, 2160), (100, 2000)])
def test_cells_are_never_more_than_the_gate_can_afford(size: tuple[int, int]) -> None:
    frame = av.VideoFrame(*size, "gray")
    height, width = luma_cells(frame).shape
    assert 1 <= height <= 90
    assert 1 <= width <= 160


def test_a_still_picture_passes_only_now_and_then() -> None:
    gate = MotionGate(GateOptions(idle_s=5), detect_fps=5)
    passed = [
        at
        for at in range(0, 20_000, 40)
        if gate.due(at) and gate.admits(QUIET, at, attentive=False)
    ]
    assert passed[0] == 0
    assert len(passed) == 4
    assert all(5000 <= gap <= 5240 for gap in np.diff(passed))  # a look is due every 200 ms


def test_motion_opens_the_gate_at_the_asked_rate_and_holds_it() -> None:
    gate = MotionGate(GateOptions(idle_s=100, hold_s=2), detect_fps=5)
    passed = [
        at
        for at in range(0, 20_000, 40)
        if gate.due(at)
        and gate.admits(moving(at // 40) if 5000 <= at < 8000 else QUIET, at, attentive=False)
    ]
    assert passed[0] == 0
    assert 5000 <= passed[1] <= 5240
    assert 10_000 - 250 <= passed[-1] <= 10_200
    assert len(passed) - 1 == pytest.approx(25, abs=2)


def test_the_rate_is_kept_though_it_does_not_divide_the_cameras() -> None:
    gate = MotionGate(GateOptions(), detect_fps=5)
    times = [round(number * 1000 / 12) for number in range(240)]
    passed = [
        at
        for n, at in enumerate(times)
        if gate.due(at) and gate.admits(moving(n), at, attentive=False)
    ]
    assert len(passed) == pytest.approx(100, abs=3)


def test_while_somebody_is_followed_frames_pass_though_nothing_moves() -> None:
    gate = MotionGate(GateOptions(), detect_fps=10)
    gate.pace(2)
    passed = [
        at for at in range(0, 10_000, 40) if gate.due(at) and gate.admits(QUIET, at, attentive=True)
    ]
    assert 20 <= len(passed) <= 22


def test_a_quicker_pace_holds_at_once_and_never_exceeds_the_cameras_own() -> None:
    gate = MotionGate(GateOptions(), detect_fps=10)
    gate.pace(0.5)
    slow = [
        at for at in range(0, 4000, 40) if gate.due(at) and gate.admits(QUIET, at, attentive=True)
    ]
    assert len(slow) in (2, 3)
    gate.pace(50)
    later = [at for at in range(4000, 6000, 40) if gate.due(at)]
    assert len(later) == pytest.approx(20, abs=1)


def test_a_cloud_before_the_sun_is_no_motion() -> None:
    gate = MotionGate(GateOptions(), detect_fps=5)
    gate.admits(QUIET, 0, attentive=False)
    gate.admits(QUIET - 40, 40, attentive=False)
    assert gate.motion == 0


def test_noise_is_no_motion() -> None:
    random = np.random.default_rng(7)
    gate = MotionGate(GateOptions(), detect_fps=5)
    moved = []
    for at in range(0, 4000, 40):
        noisy = QUIET + random.normal(0, 4 / 2, QUIET.shape).astype(np.float32)  # 4 of 256, 4 px
        gate.admits(noisy, at, attentive=False)
        moved.append(gate.motion)
    assert max(moved) < GateOptions().area


def test_who_stands_still_long_enough_becomes_the_background() -> None:
    gate = MotionGate(GateOptions(settle_s=2), detect_fps=5)
    gate.admits(QUIET, 0, attentive=False)
    for at in range(40, 12_000, 40):
        gate.admits(moving(0), at, attentive=False)
    assert gate.motion == 0


def test_another_size_and_time_running_backwards_start_it_afresh() -> None:
    gate = MotionGate(GateOptions(), detect_fps=5)
    assert gate.admits(QUIET, 5000, attentive=False)
    assert gate.admits(QUIET[:40], 5040, attentive=False)
    assert gate.admits(QUIET[:40], 100, attentive=False)


def test_a_walking_bar_in_a_real_frame_is_motion() -> None:
    gate = MotionGate(GateOptions(), detect_fps=25)
    for number in range(3):
        frame = av.VideoFrame.from_ndarray(numbered_frame(number * 10), format="bgr24")
        gate.admits(luma_cells(frame.reformat(format="yuv420p")), number * 400, attentive=False)
    assert gate.motion > 0.05


def moved_behind(mask: Mask, size: tuple[int, int], *, turned: bool) -> list[float]:
    """Motion that a bar makes in the left part of the picture, or, turned, in the right."""
    gate, moved = MotionGate(GateOptions(), detect_fps=25), []
    for number in range(3):
        image = np.full((size[1], size[0], 3), 96, np.uint8)
        image[:, number * 4 : number * 4 + size[0] // 4] = 200
        image = image[:, ::-1].copy() if turned else image
        frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="gray")
        gate.admits(luma_cells(frame)[seen_cells(mask, *size)], number * 400, attentive=False)
        moved.append(gate.motion)
    return moved


@pytest.mark.parametrize("size", [(640, 360), (642, 361), (1920, 1080), (100, 2000)])
def test_motion_behind_a_mask_is_none(size: tuple[int, int]) -> None:
    left = Mask([((0, 0), (0.5, 0), (0.5, 1), (0, 1))])
    assert max(moved_behind(left, size, turned=False)) == 0
    assert max(moved_behind(left, size, turned=True)) > 0
