"""Targets that were added while the box runs: checked, sealed, written down, read again."""

import ipaddress
import json
import logging
import secrets
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from edge_agent.domain.errors import AgentError, Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import PLAIN_ID
from edge_agent.outbound import place_of
from edge_agent.storage.transaction import Reads
from edge_agent.storage.webhook_targets import WebhookRow, kept_webhooks
from edge_agent.webhooks.options import WebhookTarget
from edge_agent.webhooks.signing import key_of

log = logging.getLogger(__name__)

SHORTEST_KEY = 24
_MADE_KEY = 32
_EVENTS = sorted({*EventKind} - {EventKind.GAP, EventKind.VOID})


class Seals(Protocol):
    """Encrypts what the box must be able to read again."""

    def seal(self, text: str, *, owner: str) -> bytes:
        """Encrypt, for this owner alone."""

    def open(self, sealed: bytes, *, owner: str) -> str:
        """Decrypt what `seal` returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A target as somebody asks for it.

    Attributes:
        name: an id of letters, digits, dots, dashes and underscores.
        url: https, or http where `plain`.
        events: kinds that are sent; empty: all of them.
        secret: signs every message; empty has one made.
        plain: whether http will do.
        networks: in CIDR form, that are not public and yet allowed.
        ca_pem: certificates, in PEM, of who vouches for the host; empty takes what the machine
            trusts.
    """

    name: str
    url: str = field(repr=False)
    events: Sequence[str] = ()
    secret: str = field(default="", repr=False)
    plain: bool = False
    networks: Sequence[str] = ()
    ca_pem: str = ""


def made_secret() -> str:
    """A new secret in the form that Standard Webhooks asks for."""
    return f"whsec_{b64encode(secrets.token_bytes(_MADE_KEY)).decode()}"


def checked(new: NewWebhook) -> NewWebhook:
    """The same, with a secret in any case.

    Raises:
        Refused: something in it cannot be.
    """
    if not PLAIN_ID.fullmatch(new.name):
        raise Refused("a name has 1 to 64 letters, digits, dots, dashes", field="name")
    if place_of(new.url).scheme != "https" and not new.plain:
        raise Refused("the address must begin with https://, or set plain", field="url")
    for event in new.events:
        if event not in _EVENTS:
            raise Refused(f"{event} is no event; there are: {', '.join(_EVENTS)}", field="events")
    try:
        networks = [str(ipaddress.ip_network(one)) for one in new.networks]
    except ValueError:
        raise Refused("write networks as in 192.168.7.0/24", field="networks") from None
    if new.ca_pem:
        _check_certificates(new.ca_pem)
    secret = new.secret or made_secret()
    _check_secret(secret)
    events = sorted(set(new.events))
    return replace(new, events=events, networks=networks, secret=secret)


def _check_certificates(pem: str) -> None:
    try:
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, TypeError, ValueError):  # the second where it is not even ASCII
        raise Refused("there are no certificates in PEM in it", field="ca_pem") from None


def _check_secret(secret: str) -> None:
    try:
        key = key_of(secret)
    except ValueError as error:
        raise Refused(str(error), field="secret") from None
    if len(key) < SHORTEST_KEY:
        raise Refused(f"secret must have at least {SHORTEST_KEY} bytes", field="secret")


def row_of(new: NewWebhook, seals: Seals, at_ms: int) -> WebhookRow:
    """The row of a target that was checked."""
    text = json.dumps({"url": new.url, "secret": new.secret, "ca": new.ca_pem})
    return WebhookRow(
        name=new.name,
        sealed=seals.seal(text, owner=_owner(new.name)),
        kinds=list(new.events) or None,
        plain=new.plain,
        networks=list(new.networks),
        created_ms=at_ms,
    )


async def read_targets(reads: Reads, seals: Seals) -> list[WebhookTarget]:
    """The targets that are written down; one whose secret cannot be read is left out and logged."""
    found = []
    for row in await kept_webhooks(reads):
        try:
            told = json.loads(seals.open(row.sealed, owner=_owner(row.name)))
        except AgentError as error:
            log.warning("webhook %s cannot be told: %s; add it anew", row.name, error)
            continue
        found.append(
            WebhookTarget(
                name=row.name,
                url=told["url"],
                key=key_of(told["secret"]),
                kinds=None if row.kinds is None else frozenset(row.kinds),
                plain=row.plain,
                networks=tuple(row.networks),
                ca_pem=told["ca"],
                added_ms=row.created_ms,
            )
        )
    return found


def _owner(name: str) -> str:
    return f"webhook {name}"
