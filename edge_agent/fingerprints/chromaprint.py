"""The Chromaprint library, which the distribution installs (Debian: libchromaprint1).

Called through its C interface: the bindings in the package index bring a downloader and a decoder
that the box has of its own.
"""

import ctypes
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from edge_agent.domain.errors import Unavailable

SOUND_RATE: Final = 11_025
"""Samples per second that it works with."""

ITEM_S: Final = 4096 / 3 / SOUND_RATE
"""Seconds from one item of a fingerprint to the next: frames of 4096 samples, a third each."""

_ALGORITHM: Final = 1
"""CHROMAPRINT_ALGORITHM_TEST2, its default."""

_FILE = "libchromaprint.so.1"

Items = npt.NDArray[np.uint32]


def sound_items(samples: bytes) -> Items:
    """Fingerprint sound.

    Args:
        samples: 16-bit mono, `SOUND_RATE` per second.

    Returns:
        (n,) uint32, one per `ITEM_S`; empty where it is shorter than about three seconds.

    Raises:
        Unavailable: the library is not installed, or fails.
    """
    library = _library()
    context = library.chromaprint_new(_ALGORITHM)
    found, size = ctypes.POINTER(ctypes.c_uint32)(), ctypes.c_int()
    try:
        done = (
            library.chromaprint_start(context, SOUND_RATE, 1)
            and library.chromaprint_feed(context, samples, len(samples) // 2)
            and library.chromaprint_finish(context)
        )
        if not done:
            raise Unavailable("libchromaprint failed at this sound")
        if not library.chromaprint_get_raw_fingerprint(
            context, ctypes.byref(found), ctypes.byref(size)
        ):
            return np.zeros(0, np.uint32)
        items = np.array(found[: size.value], np.uint32)
        library.chromaprint_dealloc(found)
        return items
    finally:
        library.chromaprint_free(context)


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL(_FILE)
    except OSError as error:
        raise Unavailable(
            f"{_FILE} is not installed; on Debian: apt install libchromaprint1"
        ) from error
    library.chromaprint_new.restype = ctypes.c_void_p
    library.chromaprint_new.argtypes = [ctypes.c_int]
    library.chromaprint_free.argtypes = [ctypes.c_void_p]
    library.chromaprint_start.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    library.chromaprint_feed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.chromaprint_finish.argtypes = [ctypes.c_void_p]
    library.chromaprint_get_raw_fingerprint.argtypes = [
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.POINTER(ctypes.c_uint32)),
        ctypes.POINTER(ctypes.c_int),
    ]
    library.chromaprint_dealloc.argtypes = [ctypes.c_void_p]
    return library
