"""The box's own branch of the topic tree."""

from dataclasses import dataclass

from edge_agent.domain.ids import PLAIN_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Every topic the box speaks on.

    Attributes:
        prefix: of all boxes of an owner, without a slash at either end.
        tenant, store, box: who owns it, where it stands, which one it is; each one topic level.
    """

    prefix: str = "edge/v1"
    tenant: str
    store: str
    box: str

    def __post_init__(self) -> None:
        for name in ("tenant", "store", "box"):
            if not PLAIN_ID.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} must match {PLAIN_ID.pattern}")
        if not all(PLAIN_ID.fullmatch(level) for level in self.prefix.split("/")):
            raise ValueError(f"prefix must be levels of {PLAIN_ID.pattern} with / between them")

    @property
    def root(self) -> str:
        """What all of them begin with."""
        return f"{self.prefix}/{self.tenant}/{self.store}/{self.box}"

    @property
    def commands(self) -> str:
        """The filter under which all requests arrive."""
        return f"{self.root}/cmd/+"

    @property
    def acknowledgements(self) -> str:
        """The filter under which consumers acknowledge events."""
        return f"{self.root}/ack/+"

    @property
    def state(self) -> str:
        """Where the retained birth and will message stands."""
        return f"{self.root}/state"

    def event(self, kind: str) -> str:
        """Where events of one kind go."""
        return f"{self.root}/evt/{kind}"

    def reply(self, request_id: str) -> str:
        """Where the answer goes when the client named no topic."""
        return f"{self.root}/reply/{request_id}"


def last_level(topic: str) -> str:
    """Return what stands after the last slash: the operation, the kind or the consumer."""
    return topic.rpartition("/")[2]
