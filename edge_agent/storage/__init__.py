"""What the box remembers: SQLite is the truth; pictures and clips are files beside it.

`Store` opens and repairs a state folder and hands out transactions and reads; the other modules
hold the statements, one module per noun. Whatever a row refers to (file, vector) is durable
before the row is; a crash leaves at worst something unreferenced, which upkeep removes.
"""

from edge_agent.storage.errors import Damaged
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Reads, Row, Transaction

__all__ = ["Damaged", "Reads", "Row", "Store", "Transaction"]
