"""The configured instances, each with what is in memory of it."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from edge_agent.domain.image_item import ImageInstance, ImageProblem, ImageRefused, ServiceType
from edge_agent.images.gallery import Gallery
from edge_agent.runtime.clock import Clock


class Instance:
    """One instance.

    Attributes:
        told: as configured.
        gallery: what its items look like.
        ready: everything that storage holds is in the gallery.
    """

    def __init__(self, told: ImageInstance, clock: Clock) -> None:
        self.told = told
        self.gallery = Gallery()
        self.ready = False
        self._clock = clock
        self._asked: deque[float] = deque(maxlen=told.per_second)

    def looked_at(self, model: str) -> float:
        """Share of its items that have vectors of a model; 1 where there are none."""
        items = len(self.gallery)
        return self.gallery.held(model) / items if items else 1.0

    @property
    def has_categories(self) -> bool:
        """Only goods do."""
        return self.told.service is ServiceType.PRODUCT

    def admit(self) -> None:
        """Let a request pass, or refuse it.

        Raises:
            ImageRefused: too many came within a second, or the instance is not loaded yet.
        """
        now = self._clock.monotonic()
        if len(self._asked) == self._asked.maxlen and now - self._asked[0] < 1.0:
            raise ImageRefused(
                ImageProblem.TOO_OFTEN,
                f"instance {self.told.name} answers {self.told.per_second} requests a second",
            )
        if not self.ready:
            raise ImageRefused(
                ImageProblem.INSTANCE_STATUS,
                f"instance {self.told.name} is still being loaded; ask again in a moment",
            )
        self._asked.append(now)


class Instances:
    """All of them, by name."""

    def __init__(self, told: Iterable[ImageInstance], clock: Clock) -> None:
        self._instances = {one.name: Instance(one, clock) for one in told}

    def __iter__(self) -> Iterator[Instance]:
        return iter(self._instances.values())

    def date(self, since: Mapping[str, int]) -> None:
        """Note when each was first configured."""
        for name, instance in self._instances.items():
            instance.told = replace(instance.told, created_ms=since.get(name, 0))

    def named(self, name: str) -> Instance:
        """One of them.

        Raises:
            ImageRefused: there is none of this name.
        """
        instance = self._instances.get(name)
        if instance is None:
            raise ImageRefused(
                ImageProblem.INVALID_INSTANCE,
                f"there is no instance {name!r}; `images.instances` in the configuration has them",
                field="instance",
            )
        return instance

    def admitted(self, name: str) -> Instance:
        """The same for a request; raises as `Instance.admit`, too."""
        instance = self.named(name)
        instance.admit()
        return instance
