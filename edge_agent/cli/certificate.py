"""`edge-agent certificate`: show the certificate of the https side."""

from typing import Annotated

import typer

from edge_agent.cli.given import CONFIG, Config, read_settings
from edge_agent.domain.errors import Refused, Unusable
from edge_agent.rest_api.certificate import read_certificate
from edge_agent.rest_api.own_certificate import own_files


def certificate(
    config: Config = CONFIG,
    *,
    pem: Annotated[
        bool, typer.Option("--pem", help="Print the certificate itself, for clients to trust.")
    ] = False,
) -> None:
    """Show the certificate of the https side: fingerprint, names, and when it ends."""
    options = read_settings(config).certificate
    file = options.certificate_file or own_files(options.folder)[0]
    try:
        info = read_certificate(file)
    except FileNotFoundError:
        raise Refused(f"there is no {file}; the box makes it when it first runs") from None
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read: {error}") from error
    if pem:
        print(info.pem, end="")
        return
    print(f"sha256  {info.sha256}")
    print(f"names   {', '.join(info.names)}")
    print(f"ends    {info.ends:%Y-%m-%d %H:%M} UTC")
    print(f"file    {file}")
