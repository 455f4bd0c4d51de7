"""The index takes in and forgets videos at once, and answers as one that was made as a whole."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.fingerprints import RATE, MomentIndex, VideoPrint, print_of, question_of
from edge_agent.fingerprints.band_keys import asked_keys, band_keys
from edge_agent.fingerprints.moment_index import Candidate
from edge_agent.fingerprints.motion import BITS
from tests.support.walking import Pictures, walk


def printed(pictures: Pictures) -> VideoPrint:
    return print_of(np.arange(len(pictures)) / RATE, pictures, len(pictures) / RATE)


WALKS = {str(seed): walk(seed, 12) for seed in range(12)}
PRINTS = {key: printed(pictures) for key, pictures in WALKS.items()}


def asked(index: MomentIndex, key: str) -> list[Candidate]:
    motion = question_of(np.arange(80) / RATE, WALKS[key][20:100], 8.0).motion
    return index.candidates(motion, motion.mirrored())


def whole(keys: list[str]) -> MomentIndex:
    index = MomentIndex(2)
    index.add([(key, PRINTS[key].views) for key in keys])
    return index


def likeliest(found: list[Candidate]) -> Candidate:
    return max(found, key=lambda one: one.votes)


def test_the_likeliest_place_is_the_right_one() -> None:
    index = whole(list(PRINTS))
    for key in PRINTS:
        best = likeliest(asked(index, key))
        assert (best.file, best.mirrored) == (key, False)
        assert abs(best.other - 2.0) <= 1.0


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(PRINTS))), max_size=25))
def test_any_order_of_adding_and_removing_gives_what_is_left(
    steps: list[tuple[bool, str]],
) -> None:
    index, there = MomentIndex(2), set[str]()
    for add, key in steps:
        if add and key not in there:
            index.add([(key, PRINTS[key].views)])
            there.add(key)
        elif not add:
            index.remove(key)
            there.discard(key)
    assert set(index.files) == there
    assert len(index) == len(there)
    fresh = whole(sorted(there))
    for key in sorted(PRINTS)[:3]:
        found, expected = asked(index, key), asked(fresh, key)
        assert {one.file for one in found} <= there
        if key in there:
            best, other = likeliest(found), likeliest(expected)
            assert best.file == key
            # where the borders of the cells lie depends on the order
            assert abs(best.votes - other.votes) <= 0.2 * other.votes
            assert abs(best.other - 2.0) <= 1.0


def test_what_was_removed_gives_its_memory_back() -> None:
    index = whole(list(PRINTS))
    before = index.size
    for key in list(PRINTS)[1:]:
        index.remove(key)
    assert index.size < before / 4
    index.remove("0")
    assert (index.size, len(index), asked(index, "0")) == (0, 0, [])


def test_many_videos_taken_in_one_by_one_stand_in_few_segments() -> None:
    index = MomentIndex(2)
    for number in range(200):
        index.add([(str(number), PRINTS[str(number % 12)].views)])
    assert len(index._segments) < 10
    best = max(one.votes for one in asked(index, "3"))
    likely = {int(one.file) % 12 for one in asked(index, "3") if one.votes > best / 2}
    assert likely == {3}


def test_the_words_of_a_question_are_those_of_the_library() -> None:
    rng = np.random.default_rng(1)
    question = rng.normal(size=(50, BITS)).astype(np.float32)
    question[3] = 0
    question[4, BITS // 2 :] = 0
    keys, says = band_keys(np.packbits(question > 0, axis=1))
    found = asked_keys(question)
    assert 3 not in found.row
    assert set(found.band[found.row == 4]) == {0, 1}
    assert not says[:, 3].any()
    for row, band, key in zip(found.row, found.band, found.key, strict=True):
        assert np.bitwise_count(keys[band, row] ^ key) <= 1
    own = {(row, band) for row, band, key in zip(*found, strict=True) if keys[band, row] == key}
    assert len(own) == says.sum()
