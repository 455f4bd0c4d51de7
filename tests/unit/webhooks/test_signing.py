"""Signatures as Standard Webhooks has them; the vector was made with its reference library."""

import pytest

from edge_agent.webhooks.signing import key_of, signed_headers

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
BODY = '{"kind":"watchlist.hit","name":"李"}'.encode()


def test_a_message_is_signed_as_the_reference_library_signs_it() -> None:
    assert signed_headers(key_of(SECRET), "msg_1", 1_700_000_000, BODY) == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1,UiX1UJlCdICcNsp8wSFxJSdjuRmlX2QtTA8YtFY62B4=",
    }


def test_a_secret_without_prefix_is_taken_as_it_is_written() -> None:
    assert key_of("a secret of 24 characters") == b"a secret of 24 characters"
    assert key_of(SECRET) == b"012345678901234567890123"
    with pytest.raises(ValueError, match="base64"):
        key_of("whsec_?")
