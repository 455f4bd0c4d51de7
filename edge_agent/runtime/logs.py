"""Logging set up once, with credentials taken out of every line."""

import logging
import os
import re
import sys

from typing_extensions import override

_USERINFO = re.compile(
    r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s]*@"
)  # up to the last @: passwords have some
_SECRET = re.compile(r"(?i)([\w-]*(?:password|token|secret|key|signature)=)[^&\s]+")
_BEARER = re.compile(r"(?i)(\bBearer )\S+")


def redacted(text: str) -> str:
    """Take user names, passwords and tokens out of addresses in `text`."""
    without = _USERINFO.sub(r"\g<scheme>***@", text)
    return _BEARER.sub(r"\1***", _SECRET.sub(r"\1***", without))


class _Redacting(logging.Formatter):
    @override
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


_SYSLOG_PREFIX = {
    "DEBUG": "<7>",
    "INFO": "<6>",
    "WARNING": "<4>",
    "ERROR": "<3>",
    "CRITICAL": "<2>",
}


class _Journal(_Redacting):
    @override
    def format(self, record: logging.LogRecord) -> str:
        return _SYSLOG_PREFIX.get(record.levelname, "<6>") + super().format(record)


def set_up_logging(level: str) -> None:
    """Log to standard error; under systemd with its priority prefixes and without times."""
    handler = logging.StreamHandler(sys.stderr)
    if os.environ.get("JOURNAL_STREAM"):
        handler.setFormatter(_Journal("%(name)s: %(message)s"))
    else:
        handler.setFormatter(_Redacting("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    logging.getLogger("libav").setLevel(logging.ERROR)
