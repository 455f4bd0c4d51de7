from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING

import av

from edge_agent.ingest.capture import stamped

if TYPE_CHECKING:
    from av.video.stream import VideoStream


def packets(*stamps: tuple[int | None, int | None]) -> "list[av.Packet[VideoStream]]":
    made: list[av.Packet[VideoStream]] = []
    for pts, dts in stamps:
        packet = av.Packet(b"x")
        packet.pts, packet.dts, packet.time_base = pts, dts, Fraction(1, 90_000)
        made.append(packet)  # type: ignore[arg-type]
    return made


def test_packets_before_the_first_stamp_are_stamped_backwards() -> None:
    given = packets((None, None), (None, None), (7200, 7200), (10_800, 10_800))
    assert [packet.dts for packet in stamped(iter(given), 3600)] == [0, 3600, 7200, 10_800]


def test_packets_without_stamps_later_follow_their_predecessor() -> None:
    given = packets((0, 0), (None, None), (None, 7300), (11_000, None))
    made = [(packet.pts, packet.dts) for packet in stamped(iter(given), 3600)]
    assert made == [(0, 0), (3600, 3600), (7300, 7300), (11_000, 11_000)]


def test_a_camera_that_never_stamps_is_stamped_at_its_usual_rate() -> None:
    given = packets(*[(None, None)] * 60)
    made = [packet.dts for packet in stamped(iter(given), 100)]
    assert made == [number * 100 for number in range(60)]


def test_reordered_pictures_keep_their_times_where_the_first_decoding_times_are_missing() -> None:
    given = packets((0, None), (40, None), (120, 0), (80, 40), (200, 80))
    made = [(packet.pts, packet.dts) for packet in stamped(iter(given), 40)]
    assert made == [(0, -80), (40, -40), (120, 0), (80, 40), (200, 80)]


def test_a_stream_that_ends_before_its_first_stamp_is_whole() -> None:
    given = packets((None, None), (70, None))
    made = [(packet.pts, packet.dts) for packet in stamped(iter(given), 40)]
    assert made == [(0, 0), (70, 40)]


def test_the_empty_packet_at_the_end_is_left_out() -> None:
    assert list(stamped(iter([SimpleNamespace(size=0)]), 1)) == []  # type: ignore[list-item]
