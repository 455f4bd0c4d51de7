"""Pieces of videos are found by what moves in them."""

import numpy as np
import pytest

from edge_agent.fingerprints import RATE, VideoLibrary, VideoPrint, print_of, question_of
from edge_agent.fingerprints.motion import Pictures, motion_of
from tests.support.walking import walk


def printed(pictures: Pictures) -> VideoPrint:
    return print_of(np.arange(len(pictures)) / RATE, pictures, len(pictures) / RATE)


@pytest.fixture(scope="module")
def hours() -> dict[str, Pictures]:
    """The same scene at different times."""
    return {str(number): walk(number, 60) for number in range(6)}


def test_a_clip_of_a_fixed_camera_finds_its_own_second_alone(hours: dict[str, Pictures]) -> None:
    library = VideoLibrary({key: printed(pictures) for key, pictures in hours.items()})
    for key, pictures in hours.items():
        clip = pictures[200:320]
        (found,) = library.find(question_of(np.arange(120) / RATE, clip, 12.0))
        assert found.key == key
        assert found.other_start == pytest.approx(20.0 + found.start, abs=0.3)
        assert found.duration == pytest.approx(12.0, abs=1.0)
        assert found.similarity > 0.8
        assert not found.mirrored


def test_a_faster_mirrored_darker_copy_is_found(hours: dict[str, Pictures]) -> None:
    library = VideoLibrary({"a": printed(hours["1"])})
    at = np.arange(0, 10, 1 / RATE)
    source = hours["1"][np.rint((15 + at * 1.1) * RATE).astype(int)]
    copy = (source[:, :, ::-1] * 0.5).astype(np.uint8)
    (found,) = library.find(question_of(at, copy, 10.0))
    assert found.mirrored
    assert found.other_start - found.start == pytest.approx(15.0, abs=0.4)
    assert found.other_duration / found.duration == pytest.approx(1.1, abs=0.03)


def test_two_sources_spliced_into_one_are_two_pieces(hours: dict[str, Pictures]) -> None:
    library = VideoLibrary({key: printed(pictures) for key, pictures in hours.items()})
    spliced = np.concatenate([hours["2"][100:180], hours["4"][300:380]])
    found = library.find(question_of(np.arange(160) / RATE, spliced, 16.0))
    assert [one.key for one in found] == ["2", "4"]
    assert found[0].other_start - found[0].start == pytest.approx(10.0, abs=0.4)
    assert found[1].other_start - found[1].start == pytest.approx(30.0 - 8.0, abs=0.4)


def test_where_nothing_moves_nothing_is_found(hours: dict[str, Pictures]) -> None:
    still = np.repeat(hours["0"][:1], 100, axis=0)
    assert not motion_of(np.arange(100) / RATE, still).moving.any()
    library = VideoLibrary({"still": printed(still), "moving": printed(hours["0"])})
    assert library.find(question_of(np.arange(100) / RATE, still, 10.0)) == []


def test_an_empty_library_finds_nothing(hours: dict[str, Pictures]) -> None:
    question = question_of(np.arange(600) / RATE, hours["0"], 60.0)
    assert VideoLibrary({}).find(question) == []


def test_a_print_comes_back_from_its_bytes(hours: dict[str, Pictures]) -> None:
    kept = printed(hours["0"])
    again = VideoPrint.from_bytes(kept.to_bytes(), kept.seconds)
    assert all(
        np.array_equal(one, other) for one, other in zip(kept.views, again.views, strict=True)
    )
