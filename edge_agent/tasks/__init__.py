"""What tracks mean to the store: investigations, visits, tills, staff, and who is watched for.

Risk tasks are investigations of one store, given by criteria or by pointing at tracks.

A task by criteria keeps up with tracks that are new, that are still growing into its time, or that
were seen better than before, until it is closed. Whoever writes a track or a vector leaves a note
of it in the same transaction (triggers of the database, so no crash loses one); `keeping_up` holds
open tasks against what was noted.

Criteria may hold a picture. `pictures` looks at it, keeps the vectors of who is in it and forgets
the picture, then searches what is stored. Looking and comparing belong to picture searches, a room
of the same floor. They are handed in as a port (`ports.Likenesses`) by the composition root, and
not asked through a table: the answer is wanted at once and in the middle of a decision, and a
table would need a row per task and new track in each direction, with nobody owning its end.
"""

from edge_agent.tasks.asked import Change, NewTask, Place, RiskTasksOptions, TaskPage, TrackPage
from edge_agent.tasks.linking import LinkingOptions
from edge_agent.tasks.orders import OrderOptions, Orders, TiedOrder
from edge_agent.tasks.ports import Likenesses
from edge_agent.tasks.risk_tasks import RiskTasks
from edge_agent.tasks.sessions import SessionOptions, SessionPage, Sessions
from edge_agent.tasks.staff import Staff, StaffOptions
from edge_agent.tasks.told import ListChange, Told, ToldEntry
from edge_agent.tasks.watching import Watching, WatchingOptions
from edge_agent.tasks.watchlists import WatchListOptions, WatchLists

__all__ = [
    "Change",
    "Likenesses",
    "LinkingOptions",
    "ListChange",
    "NewTask",
    "OrderOptions",
    "Orders",
    "Place",
    "RiskTasks",
    "RiskTasksOptions",
    "SessionOptions",
    "SessionPage",
    "Sessions",
    "Staff",
    "StaffOptions",
    "TaskPage",
    "TiedOrder",
    "Told",
    "ToldEntry",
    "TrackPage",
    "WatchListOptions",
    "WatchLists",
    "Watching",
    "WatchingOptions",
]
