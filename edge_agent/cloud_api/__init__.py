"""The HTTP door for clients that were written for the cloud, pointed at the box unchanged.

Bytes in, one call, bytes out: `wire.cloud` reads and checks what official SDKs send and writes
what they expect, this room looks up keys, limits how often one may ask, calls the services that
the other doors use, and turns their answers and refusals into the cloud's. See docs/cloud-apis.md.
"""
