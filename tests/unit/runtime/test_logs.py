import io
import logging
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.runtime.logs import redacted, set_up_logging

WORDS = st.text("abcXYZ019-_.!$", min_size=1, max_size=12)


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    logger = logging.getLogger()
    before, level = logger.handlers[:], logger.level
    others = {name: logging.getLogger(name).level for name in ("aiosqlite", "libav")}
    yield logger
    logger.handlers[:] = before
    logger.setLevel(level)
    for name, old in others.items():
        logging.getLogger(name).setLevel(old)


@pytest.fixture
def listen(root: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> Callable[..., io.StringIO]:
    """Sets logging up; returns what is then written to standard error."""

    def begin(level: str = "info", journal: str = "") -> io.StringIO:
        written = io.StringIO()
        monkeypatch.setenv("JOURNAL_STREAM", journal)
        monkeypatch.setattr("sys.stderr", written)
        set_up_logging(level)
        assert len(root.handlers) == 1
        return written

    return begin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtsp://admin:pa55@10.0.0.9:554/s?x=1", "rtsp://***@10.0.0.9:554/s?x=1"),
        ("open rtsps://u:p@a/1 and http://v:w@b/2", "open rtsps://***@a/1 and http://***@b/2"),
        ("mqtt://only-a-user@broker", "mqtt://***@broker"),
        ("rtsp://admin:p@ss@w@10.0.0.9/s", "rtsp://***@10.0.0.9/s"),
        ("rtsp://10.0.0.9/nobody@home", "rtsp://10.0.0.9/nobody@home"),
        ("a mail to who@example.org", "a mail to who@example.org"),
        ("GET /x?token=abc&page=2", "GET /x?token=***&page=2"),
        ("Password=hunter2 next", "Password=*** next"),
        ("access_token=abc&api_key=def", "access_token=***&api_key=***"),
        ("client-secret=abc", "client-secret=***"),
        ("signature=00ff", "signature=***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("a key of 5 frames", "a key of 5 frames"),
    ],
)  # fmt: skip
def test_credentials_are_taken_out_and_nothing_else(text: str, expected: str) -> None:
    assert redacted(text) == expected
    assert redacted(expected) == expected


@given(user=WORDS, password=st.text("abcXYZ019-_.!$@:", min_size=1, max_size=12), rest=WORDS)
def test_no_password_of_an_address_is_left(user: str, password: str, rest: str) -> None:
    address = f"rtsp://{user}:{password}@camera.example/{rest}"
    assert redacted(f"cannot open {address}!") == f"cannot open rtsp://***@camera.example/{rest}!"


def test_arguments_are_redacted_too(listen: Callable[..., io.StringIO]) -> None:
    told = listen()
    logging.getLogger("edge_agent.ingest").info(
        "camera %s: %s (token=%s)", "door", "rtsp://admin:pa55@10.0.0.9/s", "t0p"
    )
    line = told.getvalue()
    assert "camera door: rtsp://***@10.0.0.9/s (token=***" in line
    assert "pa55" not in line
    assert "t0p" not in line


def test_tracebacks_are_redacted_too(listen: Callable[..., io.StringIO]) -> None:
    told = listen()
    try:
        raise ValueError("no such address: rtsp://admin:pa55@10.0.0.9/s")
    except ValueError:
        logging.getLogger("edge_agent").exception("it failed")
    assert "Traceback" in told.getvalue()
    assert "rtsp://***@10.0.0.9/s" in told.getvalue()
    assert "pa55" not in told.getvalue()


def test_a_terminal_gets_times_and_levels(listen: Callable[..., io.StringIO]) -> None:
    told = listen()
    logging.getLogger("edge_agent.x").warning("away")
    logging.getLogger("edge_agent.x").debug("not told")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:,]+ WARNING edge_agent.x: away\n", told.getvalue())


def test_the_journal_gets_priorities_and_no_times(listen: Callable[..., io.StringIO]) -> None:
    told = listen("DEBUG", journal="8:1")
    log = logging.getLogger("edge_agent.x")
    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(log, level)("token=%s", level)
    assert told.getvalue().splitlines() == [
        f"<{priority}>edge_agent.x: token=***" for priority in (7, 6, 4, 3, 2)
    ]
