"""Keys of clients that sign their requests, and the memory of what they have signed.

A signature can only be checked with the secret itself, so secrets are kept encrypted (`sealing`)
under a key that lies in a file of its own beside the database: neither a backup of the database
nor a support file gives one away. `keys` adds, lists and revokes them; `nonces` sees to it that a
request that was overheard cannot be sent again.
"""

from edge_agent.keys.keys import KeyInfo, KeyOptions, Keys, NewKey, add_key, list_keys, revoke
from edge_agent.keys.nonces import NonceOptions, Nonces
from edge_agent.keys.sealing import Sealing

__all__ = [
    "KeyInfo",
    "KeyOptions",
    "Keys",
    "NewKey",
    "NonceOptions",
    "Nonces",
    "Sealing",
    "add_key",
    "list_keys",
    "revoke",
]
