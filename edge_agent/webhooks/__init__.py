"""Tells hosts by HTTP what happened, as the outbox tells consumers by MQTT.

Each target, of the configuration or added while the box runs, has a queue of its own (table
`webhook_delivery`), filled in the transaction of what an event tells about, and a task of its own
that works it off in order, one event at a time, until the target has answered 2xx. So a target that
is dead holds up nobody else, and neither a crash nor a restart loses an event; a target may get one
twice and tells by its id.

Messages are signed as Standard Webhooks 1.0.0 says (https://www.standardwebhooks.com), for which
receivers find ready libraries.
"""

from edge_agent.webhooks.kept import NewWebhook
from edge_agent.webhooks.options import WebhookTarget
from edge_agent.webhooks.target import Target
from edge_agent.webhooks.webhooks import Webhooks

__all__ = ["NewWebhook", "Target", "WebhookTarget", "Webhooks"]
