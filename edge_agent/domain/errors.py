"""The errors of the house.

    AgentError
    ├─ Refused            the asker must change something; answered with a code, logged at info
    │   ├─ NotFound       what was asked about does not exist here
    │   ├─ NotAuthorised  the asker may not do this
    │   ├─ Expired        the question arrived after its own expiry
    │   ├─ Retained       a command that the broker had stored; commands are never retained
    │   ├─ TooLarge       more than a stated limit
    │   └─ Busy           a queue is full; the same question may be asked again later
    ├─ Unavailable        the world is away; retried with backoff, logged at warning
    └─ Unusable           this installation is wrong; one line at start, exit 78

Anything else that is raised is a bug: it is not caught, it ends the process and systemd starts
the daemon afresh.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class AgentError(Exception):
    """Base of every expected error; `code` is what doors answer with."""

    code = "internal"


class Refused(AgentError):  # noqa: N818 - named for what happened
    """The asker must change something.

    Attributes:
        field: the parameter that is wrong, where there is one.
    """

    code = "bad_request"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(Refused):
    """What was asked about does not exist here."""

    code = "not_found"


class NotAuthorised(Refused):
    """The asker may not do this."""

    code = "not_authorised"


class Expired(Refused):
    """The question arrived after its own expiry."""

    code = "expired"


class Retained(Refused):
    """The broker had stored this command; commands are never retained."""

    code = "retained"


class TooLarge(Refused):
    """More than a stated limit."""

    code = "too_large"


class Busy(Refused):
    """A queue is full; the same question may be asked again later."""

    code = "busy"


class Unavailable(AgentError):  # noqa: N818 - named for what happened
    """The world is away: a camera, a broker, a disk, a picture's host."""

    code = "unavailable"


class Unusable(AgentError):  # noqa: N818 - named for what happened
    """This installation is wrong; a person has to change it."""

    code = "unusable"


@contextmanager
def inside(place: str) -> Iterator[None]:
    """Let a refusal that names a field name it as part of `place`, as in `place.field`."""
    try:
        yield
    except Refused as error:
        if error.field is not None:
            error.field = f"{place}.{error.field}"
        raise
