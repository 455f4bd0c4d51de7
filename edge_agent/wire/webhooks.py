"""What is asked and said about hosts that are told by HTTP."""

from typing import Annotated

from pydantic import Field

from edge_agent.wire.model import Answer, Parameters, PlainId


class WebhookCreate(Parameters):
    """Tell one more host what happens."""

    name: PlainId
    """What to call it."""
    url: Annotated[str, Field(min_length=1, max_length=2000)]
    """Where: https, or http where `plain`."""
    events: Annotated[list[str], Field(max_length=50)] = Field(default=[])
    """Kinds that are sent; none: all of them."""
    secret: Annotated[str, Field(max_length=500)] = ""
    """Signs every message, 24 bytes at least; without one the box makes it."""
    plain: bool = False
    """Plain http will do: whoever is between reads the events."""
    networks: Annotated[list[str], Field(max_length=20)] = Field(default=[])
    """In CIDR form, that are not public and yet allowed."""
    ca_pem: Annotated[str, Field(max_length=100_000)] = ""
    """Certificates, in PEM, of who vouches for the host; without, whom the machine trusts."""


class Webhook(Answer):
    """A host that is told."""

    name: str
    address: str
    """Scheme and host; the rest may hold a secret and is not shown."""
    events: list[str]
    """Kinds that are sent; none: all of them."""
    added_ms: int | None
    """When it was added; null where the configuration names it, which alone can take it out."""
    waiting: int
    """Events that had not been taken at the last try."""
    failures: int
    """Tries in a row that were not taken."""
    problem: str
    """What was wrong with the last try; empty where nothing was."""
    taken_ms: int | None
    """When it took something last, since the box started."""


class Webhooks(Answer):
    """All of them."""

    webhooks: list[Webhook]


class WebhookCreated(Webhook):
    """A host that is told from now on."""

    secret: str
    """What messages are signed with; not shown again."""


class WebhookTested(Answer):
    """What came of a message that was sent by hand."""

    taken: bool
    status: int | None
    """Of the answer; null where there was none."""
    problem: str
    """Why it was not taken; empty where it was."""
