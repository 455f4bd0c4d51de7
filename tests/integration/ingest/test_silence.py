"""Somebody accepts the connection and never says a word."""

import socket

import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.capture import open_camera
from edge_agent.ingest.source import IngestOptions, Source


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_camera_that_says_nothing_is_given_up_in_words(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        source = Source(id="door", url=f"{scheme}://127.0.0.1:{mute.getsockname()[1]}/x")
        with pytest.raises(Unavailable, match="does not answer, or has stopped sending"):
            open_camera(source, IngestOptions(open_s=0.5, read_s=5.0))
