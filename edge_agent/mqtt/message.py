"""One message that arrived."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it came, and the means to acknowledge it.

    Attributes:
        payload: empty where the message was larger than `BrokerOptions.payload_limit`.
        size: bytes that the payload had.
        retained: the broker had stored it; it is not of this moment.
        response_topic, correlation: of MQTT 5; None where they were not given.
        user: the user properties of MQTT 5, in their order.
    """

    topic: str
    payload: bytes
    size: int
    retained: bool = False
    response_topic: str | None = None
    correlation: bytes | None = None
    user: tuple[tuple[str, str], ...] = ()
    acknowledge: Callable[[], None] = field(default=lambda: None, repr=False)

    def ack(self) -> None:
        """Tell the broker to forget it.

        What is never acknowledged comes again with the next connection. Does nothing when the
        connection that brought the message is gone.
        """
        self.acknowledge()

    def user_property(self, name: str) -> str | None:
        """Return the first user property of that name."""
        return next((value for key, value in self.user if key == name), None)
