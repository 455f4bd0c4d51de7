"""Videos of a fixed scene through which somebody walks, and sounds that never come twice."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from numpy.random import default_rng

RATE = 10
SOUND_RATE = 16_000
_SIDE = 64

Pictures = npt.NDArray[np.uint8]


def walk(seed: int, seconds: float) -> Pictures:
    """(n, 64, 64) grey; the scene is always the same, how patches walk depends on the seed."""
    rng = default_rng(seed)
    count = round(seconds * RATE)
    at = np.arange(count) / RATE
    scene = default_rng(0).integers(60, 120, (_SIDE, _SIDE))
    pictures = np.repeat(scene[None].astype(np.float64), count, axis=0)
    for _ in range(2):
        texture = rng.integers(0, 255, (12, 8))
        speed, phase = rng.uniform(2, 9, 2), rng.uniform(0, 6, 2)
        rows = ((np.sin(at * speed[0] / 6 + phase[0]) + 1) / 2 * (_SIDE - 12)).astype(int)
        columns = ((np.sin(at * speed[1] / 6 + phase[1]) + 1) / 2 * (_SIDE - 8)).astype(int)
        for number in range(count):
            row, column = rows[number], columns[number]
            pictures[number, row : row + 12, column : column + 8] = texture
    return np.clip(pictures + rng.normal(0, 1, pictures.shape), 0, 255).astype(np.uint8)


def melody(seed: int, seconds: float, rate: int = SOUND_RATE) -> npt.NDArray[np.int16]:
    """Chords that change every quarter of a second."""
    rng = default_rng(seed)
    at = np.arange(rate // 4) / rate
    chords = [
        sum(np.sin(2 * np.pi * tone * at) for tone in rng.uniform(150, 2500, 4)) * 4000
        for _ in range(round(seconds * 4))
    ]
    return np.concatenate(chords).astype(np.int16)


def write_walk(path: Path, pictures: Pictures, sound: npt.NDArray[np.int16] | None = None) -> None:
    """Encode pictures as an mp4 of 320 x 240, with sound or without."""
    with av.open(path, "w", format="mp4") as clip:
        stream = clip.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "28"}
        voice = None
        if sound is not None:
            voice = clip.add_stream("aac", rate=SOUND_RATE, layout="mono")
        for number, picture in enumerate(pictures):
            large = cv2.cvtColor(cv2.resize(picture, (320, 240)), cv2.COLOR_GRAY2BGR)
            frame = av.VideoFrame.from_ndarray(np.asarray(large, np.uint8), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            clip.mux(stream.encode(frame))
        clip.mux(stream.encode())
        if voice is not None and sound is not None:
            for first in range(0, len(sound) - 1023, 1024):
                part = sound[None, first : first + 1024]
                block = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
                block.sample_rate, block.pts = SOUND_RATE, first
                clip.mux(voice.encode(block))
            clip.mux(voice.encode())
