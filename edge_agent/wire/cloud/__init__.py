"""The cloud APIs as bytes: four signed dialects read and checked, answers written, without any I/O.

A request that a vendor's SDK sends to the box goes through here in this order: `received` tells
the dialect, `request` reads it, `request.verify` checks the signature with the key's secret,
`moment` checks its time, `linkvisual` and `top` read the parameters of an operation, `answers`
writes what goes back. Whatever a client can get wrong ends as a `CloudRefusal`; anything else that
is raised here is a bug.
"""
