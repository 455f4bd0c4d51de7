"""Fingerprints and how they are found again: arithmetic alone, without files, jobs or clock.

motion.py       what moves in a video, as signs with time
band_keys.py    words of signs that moments are looked up by
segment.py      where each word stands in some videos
moment_index.py which moments of a library may be those of a question
lines.py        where and how fast a question runs along an answer
alignment.py    lining up what the index proposes
video.py        all of it together
chromaprint.py  the library that fingerprints sound
sound.py        finding sounds
words.py        finding texts
stills.py       finding pictures
"""

from edge_agent.fingerprints.alignment import Window
from edge_agent.fingerprints.chromaprint import SOUND_RATE, sound_items
from edge_agent.fingerprints.moment_index import MomentIndex
from edge_agent.fingerprints.motion import BITS, RATE, SIDE, Bits
from edge_agent.fingerprints.sound import SoundLibrary
from edge_agent.fingerprints.stills import StillLibrary, still_print
from edge_agent.fingerprints.video import (
    MARGINS,
    Found,
    VideoLibrary,
    VideoPrint,
    VideoQuestion,
    print_of,
    propose,
    question_of,
    settle,
)
from edge_agent.fingerprints.words import TextLibrary, TextPiece

__all__ = [
    "BITS",
    "MARGINS",
    "RATE",
    "SIDE",
    "SOUND_RATE",
    "Bits",
    "Found",
    "MomentIndex",
    "SoundLibrary",
    "StillLibrary",
    "TextLibrary",
    "TextPiece",
    "VideoLibrary",
    "VideoPrint",
    "VideoQuestion",
    "Window",
    "print_of",
    "propose",
    "question_of",
    "settle",
    "sound_items",
    "still_print",
]
