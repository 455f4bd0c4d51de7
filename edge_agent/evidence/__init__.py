"""What is taken away from the box: an investigation as a zip that a third party can check.

    signing.py   the box's own key (Ed25519, RFC 8032) and what it vouches for
    plan.py      what goes into an export, and its manifest
    export.py    makes exports
    pack.py      the zip, written while it is sent
    check.py     checks one

The manifest names every file with its sha256 and is signed; nothing else needs to be. It also holds
the head of the audit log, so that every export that left the box vouches for the log up to then.
"""

from edge_agent.evidence.check import Verdict, check_export
from edge_agent.evidence.export import ExportInfo, Exports, Origin
from edge_agent.evidence.signing import EXPORT_KEY, ExportKey

__all__ = ["EXPORT_KEY", "ExportInfo", "ExportKey", "Exports", "Origin", "Verdict", "check_export"]
