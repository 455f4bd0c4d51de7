"""The composition root: the only place that knows which concrete thing is used where.

box.py      opens every resource once, builds every room, runs them in one task group
status.py   how the box is, for both doors and for systemd
"""

from edge_agent.app.box import run_box

__all__ = ["run_box"]
