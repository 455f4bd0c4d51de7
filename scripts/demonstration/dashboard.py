"""Where the demonstration ends: on the dashboard, with the search that was asked shown on it."""

import json
import secrets
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from rich.console import Console

from scripts.demonstration.https import Https
from scripts.demonstration.stage import StageError

USER = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """How to see it.

    Attributes:
        link: opens it signed in, with the search's hits on it.
        address: asks for name and password.
        password: of the user `demo`, an administrator of a box that lives as long as this runs.
    """

    link: str = field(repr=False)
    address: str
    password: str = field(repr=False)


def dashboard_of(https: Https, token: str, job: str) -> Dashboard:
    """Let a person in.

    Args:
        https: side of the box.
        token: of the box.
        job: the search that is shown first.

    Raises:
        StageError: the box lets nobody in.
    """
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    user = {"name": USER, "role": "administrator", "password": password}
    asked = urllib.request.Request(  # noqa: S310 - the box
        f"{https.https}/v1/users",
        data=json.dumps(user).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    trust = ssl.create_default_context(cafile=https.certificate)
    try:
        with urllib.request.urlopen(asked, timeout=15, context=trust) as answer:  # noqa: S310 - the box
            answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise StageError(f"nobody can be let in: {error}") from error
    link = f"{https.https}/#token={token}&/jobs/{job}"
    return Dashboard(link=link, address=https.https, password=password)


def print_dashboard(console: Console, dashboard: Dashboard, https: Https) -> None:
    """Say where it is and how one gets in."""
    console.rule("[bold]the dashboard")
    console.print(f"this search on it, signed in: {dashboard.link}", soft_wrap=True)
    console.print(
        f"or sign in at {dashboard.address} as {USER} with the password {dashboard.password}",
        soft_wrap=True,
    )
    console.print(
        "the browser asks once about the certificate, which the box made for itself; its SHA-256 "
        f"is {https.certificate_sha256}",
        soft_wrap=True,
    )
