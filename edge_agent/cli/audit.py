"""`edge-agent audit`: check the log of everything that was asked."""

import asyncio
import sys

import typer

from edge_agent.cli.given import CONFIG, Config, own, read_settings
from edge_agent.runtime.clock import SystemClock
from edge_agent.settings import Settings
from edge_agent.storage.audit import AuditEntry, get_audit, verify_audit
from edge_agent.storage.beside import beside

audit = typer.Typer(help="The log of everything that was asked.", no_args_is_help=True)


@audit.command("verify")
def audit_verify(config: Config = CONFIG) -> None:
    """Check that nothing in the audit log was changed or taken out."""
    broken, last = asyncio.run(_broken_at(own(read_settings(config))))
    if broken is not None:
        print(f"the audit log was changed at or before entry {broken}", file=sys.stderr)
        raise typer.Exit(1)
    print("the audit log is whole")
    if last is not None:
        print(f"entry {last.seq}, chain {last.chain}")


async def _broken_at(settings: Settings) -> tuple[int | None, AuditEntry | None]:
    async with beside(settings.state, clock=SystemClock()) as tx:
        newest = await get_audit(tx, before=None, limit=1)
        return await verify_audit(tx), newest[0] if newest else None
