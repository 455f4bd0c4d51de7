"""A decoded frame's first plane as an array, where the decoder left it."""

from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt


def first_plane(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """The bytes of plane 0, (height, line size) uint8, a view; lines may end in padding."""
    plane = frame.planes[0]
    samples = np.frombuffer(cast("Any", plane), np.uint8)  # has a buffer, its stubs do not say so
    return samples[: plane.height * plane.line_size].reshape(plane.height, plane.line_size)
