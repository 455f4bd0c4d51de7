from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from edge_agent.domain.errors import Refused
from edge_agent.media import transcode_h264, write_h264_clip
from tests.support.rtsp import numbered_frame


def looked_at(path: Path) -> tuple[list[bool], list[int], float]:
    with av.open(path) as clip:
        stream = clip.streams.video[0]
        packets = [packet for packet in clip.demux(stream) if packet.size]
        assert all(packet.pts == packet.dts for packet in packets), "B-frames"
        assert [one.type for one in clip.streams] == ["video"]
        keys = [packet.is_keyframe for packet in packets]
        times = [
            round((packet.pts or 0) * float(stream.time_base or 0) * 1000) for packet in packets
        ]
        return keys, times, float(stream.average_rate or 0)


def test_a_clip_can_be_looped(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    frames = (numbered_frame(number, 321, 241) for number in range(30))
    assert write_h264_clip(path, frames, fps=12.5, gop=10) == 30
    keys, times, rate = looked_at(path)
    assert [number for number, key in enumerate(keys) if key] == [0, 10, 20]
    assert times == [number * 80 for number in range(30)]
    assert rate == pytest.approx(12.5)


def test_any_video_becomes_such_a_clip(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "clip.mp4"
    with av.open(source, "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.codec_context.max_b_frames = 3
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(numbered_frame(number), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert transcode_h264(source, target, longest_side=320) == 20
    _, times, _ = looked_at(target)
    assert [later - sooner for sooner, later in pairwise(times)] == [100] * 19
    with av.open(target) as clip:
        assert (clip.streams.video[0].width, clip.streams.video[0].height) == (320, 180)


def test_what_cannot_become_a_clip_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    with pytest.raises(Refused):
        transcode_h264(text, tmp_path / "out.mp4")
    with pytest.raises(Refused, match="at least one"):
        write_h264_clip(tmp_path / "out.mp4", [], fps=5)
    sizes = [np.zeros((16, 16, 3), np.uint8), np.zeros((32, 16, 3), np.uint8)]
    with pytest.raises(Refused, match="one size"):
        write_h264_clip(tmp_path / "out.mp4", sizes, fps=5)
