"""Who looked at whom, and the log of everything that was asked and changed.

What is changed is logged in the transaction that changes it, by whoever does that. Looking changes
nothing, so it is logged here, before anything is shown.
"""

from edge_agent.audit.log import AuditLog, AuditPage

__all__ = ["AuditLog", "AuditPage"]
