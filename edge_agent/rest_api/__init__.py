"""The native HTTP door: questions, answers, health, metrics, pictures and clips.

Bytes in, one call, bytes out. What a request may say and what an answer looks like are the
models of `edge_agent.wire`, which the MQTT door speaks too. Bodies are read by us and not by
FastAPI's machinery: the token is checked before a byte of the body is taken, size and time
are limited while it arrives, and a wrong one is answered in the same words as over MQTT.

Every refusal has the shape `{"error": {"code", "message", "field"?}, "request_id"}`; the table
from errors to codes and status lines is `edge_agent.wire.errors`.
"""
