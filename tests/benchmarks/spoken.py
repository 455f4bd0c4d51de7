"""Generated speech, by the distribution's flite where it is installed."""

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 11_025

_WORDS = [
    *("the", "store", "opens", "customer", "counter", "receipt", "evening", "camera", "basket"),
    *("yellow", "door", "morning", "delivery", "clerk", "question", "answer", "river", "garden"),
    *("window", "paper", "orange", "number", "silver", "winter", "travel", "one", "seven", "ten"),
]


class _Wave(ctypes.Structure):
    _fields_ = [  # type: ignore[mutable-override]
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


def speech(seed: int, words: int) -> npt.NDArray[np.int16] | None:
    """So many random words, RATE samples per second; None where flite is not installed."""
    library, voice = _flite()
    if library is None:
        return None
    rng = np.random.default_rng(seed)
    text = " ".join(rng.choice(_WORDS, words))
    wave = library.flite_text_to_wave(text.encode(), voice).contents
    samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float64)
    at = np.arange(0, len(samples) - 1, wave.sample_rate / RATE)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.int16)


def _flite() -> tuple[Any, Any]:
    try:
        for name in ("libflite.so.1", "libflite_usenglish.so.1", "libflite_cmulex.so.1"):
            ctypes.CDLL(name, ctypes.RTLD_GLOBAL)
        library = ctypes.CDLL("libflite.so.1")
        voices = ctypes.CDLL("libflite_cmu_us_kal.so.1")
    except OSError:
        return None, None
    library.flite_init()
    voices.register_cmu_us_kal.restype = ctypes.c_void_p
    library.flite_text_to_wave.restype = ctypes.POINTER(_Wave)
    library.flite_text_to_wave.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    return library, voices.register_cmu_us_kal(None)
