"""The process that samples one file: `python -m edge_agent.media.sampler <parent>`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_agent.media.sampled import sample_sound, sample_video
from edge_agent.media.worker import Teller, carry_out


def do(order: Mapping[str, Any]) -> None:
    """Take the samples that the order wants."""
    source, target = Path(order["source"]), Path(order["target"])
    longest_s = order["longest_s"]
    with target.open("wb") as file:
        if order["sound"]:
            samples = sample_sound(source, rate=order["rate"], longest_s=longest_s)
            np.savez(file, samples=np.frombuffer(samples, np.int16))
            return
        cv2.setNumThreads(1)
        taken = sample_video(
            source, rate=order["rate"], side=order["side"], longest_s=longest_s, tell=Teller()
        )
        np.savez(file, at=taken.at, pictures=taken.pictures, seconds=taken.seconds)


if __name__ == "__main__":
    sys.exit(carry_out(do))
