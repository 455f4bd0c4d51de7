"""The MQTT door: one topic per operation, request and response.

A request is taken in this order: retained ones are refused; the body is read; a repeat of a
request id gets its first answer; an expired one is refused; its operation runs; the message is
acknowledged to the broker; the answer is sent. The acknowledgement comes after the commit, so a
box that dies in between gets the request again, and before the answer, because some brokers end
the connection over an answer that may not be published, and would bring the request again for
ever. An answer that meets a broken line is kept and sent over the next one.

Requests are worked on one after the other, as the protocol wants their acknowledgements in the
order in which they came; none takes longer than `CommandOptions.deadline`, and what takes long is
a job. Answers of operations that only read are not remembered: repeating them starts nothing.
"""
