"""`edge-agent inspect` as a process, on real footage with real weights."""

import os
import re
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge_agent.media.encode import write_h264_clip


def inspect(*words: str | Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "edge_agent", "inspect", *map(str, words)],
        cwd=folder,
        env={**os.environ, "EDGE_AGENT_CONFIG": ""} | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )


@pytest.fixture
def clip() -> Path:
    data, mirror = os.environ.get("EDGE_AGENT_TESTDATA"), os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    if not data or not mirror:
        pytest.skip("EDGE_AGENT_TESTDATA and EDGE_AGENT_MODEL_MIRROR are not set")
    return Path(data) / "footage" / "mot15_TUD-Campus.mp4"


@pytest.mark.models
@pytest.mark.testdata
@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_sheet_shows_boxes_and_the_table_names_the_tracks(
    clip: Path, kind: str, tmp_path: Path
) -> None:
    sheet = tmp_path / f"sheet.{kind}"
    done = inspect(clip, "-o", sheet, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    picture = cv2.imread(str(sheet))
    assert picture is not None
    assert picture.shape == (4 * 480, 3 * 640, 3)
    colours = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 1]
    assert (colours > 240).mean() > 0.001  # a grey street has no colours as strong as the boxes'
    tracks = re.search(r"^(\d+) tracks, 1 clips$", done.stdout, re.MULTILINE)
    assert tracks is not None
    assert 4 <= int(tracks[1]) <= 9  # eight people walk there
    assert list(tmp_path.iterdir()) == [sheet]


@pytest.mark.models
@pytest.mark.testdata
def test_a_video_has_the_frames_that_were_looked_at(clip: Path, tmp_path: Path) -> None:
    done = inspect(clip, "-o", "drawn.mp4", "--fps", "10", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with av.open(str(tmp_path / "drawn.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) in range(26, 31)  # 2.84 s
        assert (container.streams.video[0].width, container.streams.video[0].height) == (640, 480)


def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no video")
    write_h264_clip(tmp_path / "a.mp4", [np.zeros((64, 64, 3), np.uint8)] * 3, fps=5)
    for words, wanted in (
        (("missing.mp4",), "there is no file missing.mp4"),
        (("a.txt",), "a.txt cannot be read as a video"),
        (("a.mp4", "-o", "a.gif"), "must end in .mp4, .jpg or .png"),
        (("a.mp4", "-o", "a.mp4"), "is the file itself"),
        (("a.mp4", "-o", "nowhere/b.jpg"), "there is no folder nowhere"),
    ):
        done = inspect(*words, folder=tmp_path)
        assert done.returncode == 1
        assert wanted in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.txt"]
