"""The process that samples one file: `python -m edge_agent.media.sampler <parent>`.

As `renderer`: it reads one order from its standard input, tells how far it is on its standard
output, and limits itself before it touches the file.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_agent.domain.errors import Refused
from edge_agent.media.renderer import Teller, limit, say
from edge_agent.media.sampled import sample_sound, sample_video
from edge_agent.runtime.child import die_with_parent


def main() -> int:
    """Do what the order says; returns the exit status."""
    die_with_parent(int(sys.argv[1]))
    order = json.loads(sys.stdin.readline())
    limit(order)
    try:
        _do(order)
    except (Refused, OSError, MemoryError) as error:
        say(error=str(error) or type(error).__name__)
        return 1
    return 0


def _do(order: Mapping[str, Any]) -> None:
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
    sys.exit(main())
