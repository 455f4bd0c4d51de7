"""People who sign in: users, passwords, logins; and machines with their keys.

Passwords are kept as Argon2id (RFC 9106) in the PHC string format, made by `cryptography`, which
the box needs anyway; scrypt of the standard library and argon2-cffi were weighed: the one has no
format of its own, the other is one more binary to trust. A login is a random cookie of which the
box keeps the digest. It is bound to the password that opened it: a new one ends every older login.
"""

from edge_agent.accounts.logins import LoginOptions, Logins, SignedIn
from edge_agent.accounts.machines import add_machine, machine_of, remove_machine
from edge_agent.accounts.throttle import ThrottleOptions
from edge_agent.accounts.users import NewUser, Users, add_user, change_user, remove_user

__all__ = [
    "LoginOptions",
    "Logins",
    "NewUser",
    "SignedIn",
    "ThrottleOptions",
    "Users",
    "add_machine",
    "add_user",
    "change_user",
    "machine_of",
    "remove_machine",
    "remove_user",
]
