from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.ingest.recorder import Encoded, Preroll
from edge_agent.ingest.source import PrerollOptions


def packet(at_ms: int, *, key: bool, size: int = 100) -> Encoded:
    return Encoded(bytes(size), at_ms * 90, at_ms * 90, at_ms, key)


def filled(options: PrerollOptions, *, gop: int = 25, frames: int = 500) -> list[Encoded]:
    kept = Preroll(options)
    for number in range(frames):
        kept.add(packet(number * 40, key=number % gop == 0))
    return kept.packets()


def test_it_starts_with_a_key_frame_and_reaches_back_far_enough() -> None:
    kept = filled(PrerollOptions(seconds=5))
    assert kept[0].key
    assert 5000 <= kept[-1].wall_ms - kept[0].wall_ms <= 6000


def test_a_long_group_is_kept_whole() -> None:
    kept = filled(PrerollOptions(seconds=1), gop=400)
    assert kept[0].wall_ms == 400 * 40


def test_the_bytes_are_bounded_even_if_there_is_only_one_group() -> None:
    assert filled(PrerollOptions(max_bytes=5000), gop=1000) == []


def test_nothing_is_kept_before_the_first_key_frame() -> None:
    kept = Preroll(PrerollOptions())
    kept.add(packet(0, key=False))
    assert kept.packets() == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 2000)), max_size=80))
def test_it_is_playable_and_bounded_whatever_comes(packets: list[tuple[bool, int]]) -> None:
    kept = Preroll(PrerollOptions(seconds=1, max_bytes=10_000))
    for number, (key, size) in enumerate(packets):
        kept.add(packet(number * 40, key=key, size=size))
        now = kept.packets()
        assert sum(len(one.data) for one in now) <= 10_000
        assert not now or now[0].key
    kept.clear()
    assert kept.packets() == []
