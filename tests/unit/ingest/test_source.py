import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.ingest.control import pack, unpack
from edge_agent.ingest.source import GateOptions, IngestOptions, Source, from_line, to_line


def test_the_worker_reads_what_the_daemon_wrote() -> None:
    source = Source(id="till-1", url="rtsp://u:p@host/1", transport="udp", detect_fps=2.5)
    options = IngestOptions(read_s=3, gate=GateOptions(level=9))
    assert from_line(to_line(source, options)) == (source, options)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a/b"},
        {"id": ""},
        {"url": "ftp://x"},
        {"detect_url": "ftp://x:geheim@y"},
        {"transport": "smoke"},
        {"detect_fps": 0},
    ],
)
def test_what_cannot_be_a_camera_is_refused_without_its_password(wrong: dict[str, object]) -> None:
    good: dict[str, object] = {"id": "a", "url": "rtsp://user:geheim@host"}
    with pytest.raises(Unusable) as refused:
        Source(**{**good, **wrong})  # type: ignore[arg-type]
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "live"),
    [("rtsp://h/1", True), ("https://h/x.mjpg", True), ("/a/b.mp4", False), ("file:///b", False)],
)
def test_files_are_not_live(url: str, live: bool) -> None:  # noqa: FBT001
    assert Source(id="a", url=url).live is live


def test_messages_are_read_back() -> None:
    assert unpack(pack("grant", slot=1)) == ("grant", {"slot": 1})


@pytest.mark.parametrize("line", [b"[]", b"{}", b'{"kind": 1}', b"nonsense"])
def test_what_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(line)
