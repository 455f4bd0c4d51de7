"""paho-mqtt behind an asyncio face.

Why paho and not a wrapper of it: a command may be acknowledged to the broker only after what it
started is committed, so acknowledgements are given by hand (`manual_ack`), and the wrappers hide
that. Why a fresh paho client per connection: paho keeps unacknowledged messages and sends them
again by itself, but here the outbox on disk decides what is sent again, and in which order.

Threads: paho's network loop runs on one thread per connection. Its callbacks do nothing but hand
over to the event loop; everything else of this package happens there.
"""
