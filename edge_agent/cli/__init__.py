"""The `edge-agent` command: one module per group of subcommands."""

from edge_agent.cli.command import app, main

__all__ = ["app", "main"]
