"""Risk tasks: investigations of one store, given by criteria or by pointing at tracks.

A task by criteria keeps up with tracks that are new, or that are still growing into its time,
until it is closed. Whoever writes a track leaves a note of it in the same transaction (a trigger
of the database, so no crash loses one); `RiskTasks.run` holds open tasks against what was noted.
"""

from edge_agent.tasks.asked import Change, NewTask, Place, RiskTasksOptions, TaskPage, TrackPage
from edge_agent.tasks.risk_tasks import RiskTasks

__all__ = [
    "Change",
    "NewTask",
    "Place",
    "RiskTasks",
    "RiskTasksOptions",
    "TaskPage",
    "TrackPage",
]
