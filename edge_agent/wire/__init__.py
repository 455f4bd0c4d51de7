"""What the box says and understands on the wire, without any I/O.

Every request and answer of the MQTT door and of the REST door is one pydantic model here, so that
both doors speak with the same words and one JSON Schema describes them (docs/mqtt/*.json). Times
are integer milliseconds since 1970-01-01T00:00Z, named `…_ms`, wherever they stand inside
parameters and data; the envelopes' `at` and `expires_at` keep the names of the contract and the
same unit. Unknown fields of a request are refused by name: a misspelt filter that is silently
ignored would answer another question. Answers may grow fields; clients ignore what they do not
know.
"""
