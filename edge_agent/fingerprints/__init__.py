"""Fingerprints and how they are found again: arithmetic alone, without files, jobs or clock.

motion.py       what moves in a video, as signs with time
band_index.py   which moments of a library may be those of a question
lines.py        where and how fast a question runs along an answer
video.py        the three together
chromaprint.py  the library that fingerprints sound
sound.py        finding sounds
words.py        finding texts
stills.py       finding pictures
"""

from edge_agent.fingerprints.chromaprint import SOUND_RATE, sound_items
from edge_agent.fingerprints.motion import RATE, SIDE
from edge_agent.fingerprints.sound import SoundLibrary
from edge_agent.fingerprints.stills import StillLibrary, still_print
from edge_agent.fingerprints.video import (
    Found,
    VideoLibrary,
    VideoPrint,
    print_of,
    question_of,
)
from edge_agent.fingerprints.words import TextLibrary, TextPiece

__all__ = [
    "RATE",
    "SIDE",
    "SOUND_RATE",
    "Found",
    "SoundLibrary",
    "StillLibrary",
    "TextLibrary",
    "TextPiece",
    "VideoLibrary",
    "VideoPrint",
    "print_of",
    "question_of",
    "sound_items",
    "still_print",
]
