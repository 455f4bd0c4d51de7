"""How busy the box is, and what it had to leave out."""

from edge_agent.wire.model import Answer


class Frames(Answer):
    """What became of the frames of one camera since the box started."""

    camera: str
    stages: dict[str, int]
    """By stage; docs/cameras.md says what each one means."""


class Disk(Answer):
    """The disk of the state folder, in bytes."""

    total: int
    free: int


class System(Answer):
    """How busy the box is."""

    cores: int
    load: float
    """Processes that wanted to run, on average over the last minute."""
    memory_bytes: int
    """The most that the daemon held, without the cameras' workers."""
    disk: Disk
    frames: list[Frames]
    dropped_messages: int
    """Messages that were not taken because a queue was full; the broker brings them again."""
