"""Signed links: what was signed opens, anything else does not."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.errors import NotAuthorised
from edge_agent.wire.links import LinkOptions, LinkSigner

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class StandingClock:
    """A clock that a test sets."""

    def __init__(self, now_ms: int) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic(self) -> float:
        return self.at_ms / 1000


def parts(link: str) -> tuple[str, str, str]:
    address = urlsplit(link)
    query = parse_qs(address.query)
    return address.path, query["e"][0], query["s"][0]


@given(
    now_ms=st.integers(0, 1 << 44),
    name=st.text("0123456789abcdef", min_size=1, max_size=32),
    elapsed_ms=st.integers(0, 3 * DAY_MS),
)
def test_a_link_is_good_for_its_time_and_no_longer(now_ms: int, name: str, elapsed_ms: int) -> None:
    clock = StandingClock(now_ms)
    signer = LinkSigner(b"key", clock)
    path, expiry, signature = parts(signer.picture(name))
    assert path == f"/media/pictures/{name}"
    clock.at_ms += elapsed_ms
    if elapsed_ms < DAY_MS:
        assert signer.check(path, expiry, signature) > 0
    elif elapsed_ms >= DAY_MS + HOUR_MS:
        with pytest.raises(NotAuthorised):
            signer.check(path, expiry, signature)


@given(other=st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_link_opens_one_file_only(other: str) -> None:
    signer = LinkSigner(b"key", StandingClock(0))
    mine = "f" * 31 + "0"
    _, expiry, signature = parts(signer.clip(mine))
    if other == mine:
        return
    with pytest.raises(NotAuthorised):
        signer.check(f"/media/clips/{other}", expiry, signature)
    with pytest.raises(NotAuthorised):
        signer.check(f"/media/pictures/{mine}", expiry, signature)


def test_the_expiry_is_part_of_what_is_signed() -> None:
    signer = LinkSigner(b"key", StandingClock(0))
    path, expiry, signature = parts(signer.clip("a"))
    with pytest.raises(NotAuthorised):
        signer.check(path, str(int(expiry) + 1), signature)


def test_another_key_opens_nothing() -> None:
    path, expiry, signature = parts(LinkSigner(b"key", StandingClock(0)).clip("a"))
    with pytest.raises(NotAuthorised):
        LinkSigner(b"other", StandingClock(0)).check(path, expiry, signature)


@pytest.mark.parametrize(
    ("expiry", "signature"),
    [("", ""), ("soon", "0" * 64), ("1", "é" * 64), ("1" * 16, "0" * 64), ("-1", "0" * 64)],
)
def test_what_is_no_link_is_refused(expiry: str, signature: str) -> None:
    with pytest.raises(NotAuthorised):
        LinkSigner(b"key", StandingClock(0)).check("/media/clips/a", expiry, signature)


def test_the_address_stays_the_same_within_a_step() -> None:
    clock = StandingClock(10 * HOUR_MS + 1)
    signer = LinkSigner(b"key", clock, LinkOptions(base="https://box.example:8800"))
    first = signer.picture("a")
    assert first.startswith("https://box.example:8800/media/pictures/a?e=")
    clock.at_ms += HOUR_MS - 1
    assert signer.picture("a") == first
    clock.at_ms += 1
    assert signer.picture("a") != first
