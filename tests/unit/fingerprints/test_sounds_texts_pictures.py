"""Pieces of sounds and texts, and copies of pictures, are found."""

# ruff: noqa: RUF001 - Chinese has commas of its own

import cv2
import numpy as np
import pytest
from numpy.random import default_rng

from edge_agent.fingerprints import (
    SOUND_RATE,
    SoundLibrary,
    StillLibrary,
    TextLibrary,
    sound_items,
    still_print,
)
from tests.support.walking import melody

NOTICE = "The store opens at nine in the morning and closes late; nobody is let in afterwards."
REPORT = "今天下午三点钟，店里来了两位顾客，他们在收银台前等了很久。"


def test_a_piece_of_a_sound_is_found_where_it_is() -> None:
    sounds = {str(seed): melody(seed, 30, SOUND_RATE) for seed in range(3)}
    library = SoundLibrary({key: sound_items(each.tobytes()) for key, each in sounds.items()})
    piece = sounds["1"][12 * SOUND_RATE : 22 * SOUND_RATE]
    noisy = piece + default_rng(9).normal(0, 500, len(piece))
    (found,) = library.find(sound_items(noisy.astype(np.int16).tobytes()))
    assert found.key == "1"
    assert found.other_start - found.start == pytest.approx(12.0, abs=0.2)
    assert found.duration == pytest.approx(10.0, abs=1.0)
    assert library.find(sound_items(melody(7, 10, SOUND_RATE).tobytes())) == []
    assert library.find(sound_items(bytes(10 * SOUND_RATE * 2))) == []


def test_a_paragraph_is_found_in_both_languages() -> None:
    library = TextLibrary({"notice": NOTICE, "report": REPORT})
    copy = "Please note: THE STORE opens at ten in the morning, and closes late; nobody is let in."
    (found,) = library.find(copy)
    assert found.key == "notice"
    assert copy[found.start :].startswith("THE STORE")
    assert found.other_start == 0
    assert 0.8 < found.similarity < 1
    (found,) = library.find("据说今天下午三点，店里来了三位顾客，他们在收银台前等了很久")
    assert found.key == "report"
    assert REPORT[found.other_start : found.other_end] in REPORT
    assert library.find("Something else about the store, in other words.") == []
    assert library.find("") == []


def test_a_picture_is_found_turned_mirrored_and_smaller() -> None:
    rng = default_rng(1)
    pictures = [
        np.asarray(cv2.resize(rng.integers(0, 255, (9, 12, 3), np.uint8), (480, 360)), np.uint8)
        for _ in range(5)
    ]
    library = StillLibrary({str(n): still_print(each) for n, each in enumerate(pictures)})
    small = np.asarray(cv2.resize(pictures[3], (160, 120)), np.uint8)
    for copy in (small, small[:, ::-1], cv2.rotate(small, cv2.ROTATE_90_CLOCKWISE)):
        found = library.find(np.ascontiguousarray(copy, np.uint8))
        assert [one.key for one in found] == ["3"]
    assert StillLibrary({}).find(small) == []
