import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.ingest.parameters import parameter_sets

SPS, PPS, IDR = b"\x67\x42\x01", b"\x68\xce", b"\x65\x88\x84"


def annex_b(*units: bytes) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def test_the_sets_are_taken_out_of_a_key_frame() -> None:
    assert parameter_sets(annex_b(b"\x09\xf0", SPS, PPS, IDR), "h264") == annex_b(SPS, PPS)


def test_hevc_has_three_of_them() -> None:
    video, sequence, picture = b"\x40\x01v", b"\x42\x01s", b"\x44\x01p"
    packet = annex_b(video, sequence, picture, b"\x26\x01x")
    assert parameter_sets(packet, "hevc") == annex_b(video, sequence, picture)


@pytest.mark.parametrize("codec", ["mjpeg", "vp9"])
def test_other_codecs_have_none(codec: str) -> None:
    assert parameter_sets(annex_b(SPS, PPS), codec) == b""


def test_length_prefixed_packets_have_none() -> None:
    assert parameter_sets(b"\0\0\0\x03" + IDR, "h264") == b""


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["h264", "hevc"]))
def test_no_packet_breaks_it(packet: bytes, codec: str) -> None:
    assert isinstance(parameter_sets(b"\0\0\1" + packet, codec), bytes)
