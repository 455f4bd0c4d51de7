"""The composition root: the only place that knows which concrete thing is used where.

box.py        opens every resource once, builds every service, runs them in one task group
resources.py  what is handed around between these modules
doors.py      connects the doors to the services behind them
cloud.py      builds the door for clients of the cloud
status.py     how the box is, for its doors and for systemd
ending.py     why the box ended, where it is no bug
"""

from edge_agent.app.box import run_box

__all__ = ["run_box"]
